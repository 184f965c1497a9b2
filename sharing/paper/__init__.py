"""What people take with them on paper: what it says (a module for each), and how it becomes a PDF (press)."""
