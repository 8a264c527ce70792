"""How Drawbar answers HTTP: request ids, problems, declared parameters, security headers."""
