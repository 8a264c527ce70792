"""The look: pages from templates, components, styles and small islands of script."""
