"""The asset platform: tag and track, inspect, maintain, comply, across locations."""
