"""Who works there; made up, with addresses that RFC 2606 keeps free."""

PEOPLE = (
    ("w01", "Amina Castell"),
    ("w02", "Bertil Holm"),
    ("w03", "Chloe Marchetti"),
    ("w04", "Dmitri Vance"),
    ("w05", "Elif Sander"),
    ("w06", "Farid Okonjo"),
)


def person(number: int) -> dict[str, str]:
    """Return a person as the sandbox writes one."""
    key, name = PEOPLE[number % len(PEOPLE)]
    return {"key": key, "name": name, "mail": f"{name.split()[0].lower()}@plant.example"}
