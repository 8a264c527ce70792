"""Who may come in and what they may do: people, sessions, keys, applications, tokens."""
