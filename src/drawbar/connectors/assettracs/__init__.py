"""AssetTracs, Drawbar's own asset platform, reached like any other system: by its public API."""
