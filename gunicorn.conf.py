"""What gunicorn reads by itself when it is started here."""

logger_class = "config.web_log.WithoutTokens"
