"""Link: the hosted, embeddable page on which a customer connects a system, and its magic links."""
