"""PostgreSQL as Django knows it, but that rows are written with statements that the server keeps."""
