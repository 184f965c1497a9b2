"""Every file for a spreadsheet that the product gives, full of cells that want to be formulas."""
