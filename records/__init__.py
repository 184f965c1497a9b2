"""People, their families, concerns and statements: what one agency writes down for itself."""
