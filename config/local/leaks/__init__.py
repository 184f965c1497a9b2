"""What `make leaks` does: type a word of its own into every field of every form of the real service, make
things go wrong, take a backup, and look for those words wherever text could have got to.

The service is driven over HTTP as a browser does. Which forms there are, and answers that they accept, is
read from the tables of tests/access, which fail the build where a form is missing.
"""
