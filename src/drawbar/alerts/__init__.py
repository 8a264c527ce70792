"""Telling people by e-mail what needs them: at once or in a digest, as each of them chooses."""
