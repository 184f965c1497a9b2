"""Quality at the moment of writing: advice in plain words, which never holds anything back."""
