"""Find: people and concerns by whatever somebody knows of them, within what they may see."""
