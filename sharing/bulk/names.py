"""Invented people whose names are as unevenly common as names here are."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import accumulate, product

# Common names and roughly how many of a thousand have them; the rest are made of syllables.
SURNAMES = (
    "Smith 12 Jones 8 Taylor 6 Brown 6 Williams 5 Wilson 4 Johnson 4 Davies 4 Patel 4 Robinson 3 Wright 3 "
    "Thompson 3 Evans 3 Walker 3 White 3 Roberts 3 Green 3 Hall 3 Wood 3 Jackson 3 Clarke 3 Khan 3 Hussain 2 "
    "Ali 2 Ahmed 2 Begum 2 Singh 2 Kaur 2 Lewis 2 Clark 2 Thomas 2 Hill 2 Cooper 2 Ward 2 Turner 2 Carter 2 "
    "Martin 2 Morris 2 Moore 2 King 2 Baker 2 Harrison 2 Morgan 2 Allen 2 Scott 2 Mitchell 2 Phillips 2 "
    "Murphy 2 Kelly 2 O’Brien 1 O’Neill 1 O’Connor 1 McDonald 1 Marsh 1 Webb 1 Kowalski 1 Nowak 1 Okafor 1"
)
FIRST_NAMES = (
    "Muhammad 14 Mohammed 9 Oliver 8 George 8 Noah 7 Jack 8 Leo 6 Harry 7 James 12 John 14 David 13 Paul 9 "
    "Olivia 8 Amelia 7 Isla 6 Ava 6 Mia 5 Ivy 4 Lily 5 Grace 5 Sarah 12 Susan 9 Margaret 8 Mary 9 Emma 9 "
    "Karen 7 Jacqueline 3 Siân 1 Zoë 1 Catherine 6 Katherine 2 Stephen 6 Steven 5 Mark 9 Michael 10 Peter 8 "
    "Fatima 4 Aisha 3 Maria 4 Anna 4 Christopher 7 Christine 5 Elizabeth 7 Thomas 8 William 9 Daniel 7"
)
BEGINNINGS = (
    "Ash Bar Brad Carl Chel Den Dun El Far Gar Hal Har Hart Kil Lang Lin Mar Mil Nor Old Pem Rad Sel Shel "
    "Stan Thorn Tor Un Wal Wick Wyre Zel"
)
MIDDLES = "e er ing s ber den fen gel han kel len mer nel per ras sel ter ven wen"
ENDINGS = "ley ton ham worth by wood field ford man son well more bridge stead croft shaw den ock itt ell"
FIRST_BEGINNINGS = (
    "Al An Bel Cal Da Dar El Fi Ga Ha Il Ja Jo Ka Kei La Li Ma Mi Na Ni Or Pe Ra Ro Sa She Ta Ti Va Wil Ya Za"
)
FIRST_ENDINGS = (
    "a an den ella en eth i ia ian iel in ina is la leen lie lyn mal na nah ra ric rina ron sha ta than "
    "tin vin von ya"
)


class Names:
    """Names drawn as unevenly as they are given: the common ones by their share, the rest by their rank."""

    def __init__(self, common: str, rare: list[str], *, skew: float) -> None:
        parts = common.split()
        shares = [float(share) for share in parts[1::2]]
        ranks = [(place + 10) ** -skew for place in range(len(rare))]
        rest = (1000 - sum(shares)) / sum(ranks)
        self.names = [*parts[::2], *rare]
        self.sums = list(accumulate([*shares, *(rank * rest for rank in ranks)]))

    def drawn(self, draw: random.Random) -> str:
        return draw.choices(self.names, cum_weights=self.sums)[0]


def people(count: int, *, seed: int = 7) -> Iterator[tuple[str, str, str, date | None]]:
    """Give first name, last name, what they are called and the birth date of so many invented people."""
    draw = random.Random(seed)  # noqa: S311  # the same names every time
    rare = ["".join(parts) for parts in product(BEGINNINGS.split(), ["", *MIDDLES.split()], ENDINGS.split())]
    rare_first = ["".join(p) for p in product(FIRST_BEGINNINGS.split(), FIRST_ENDINGS.split())]
    draw.shuffle(rare)
    draw.shuffle(rare_first)
    last_names = Names(SURNAMES, rare, skew=0.8)
    first_names = Names(FIRST_NAMES, rare_first, skew=0.9)
    for _ in range(count):
        last = last_names.drawn(draw)
        if draw.random() < 0.03:
            last = f"{last}-{last_names.drawn(draw)}"
        first = first_names.drawn(draw)
        if draw.random() < 0.15:
            first = f"{first} {first_names.drawn(draw)}"
        called = first_names.drawn(draw) if draw.random() < 0.05 else ""
        born = date(1930, 1, 1) + timedelta(days=int(draw.triangular(0, 35_000, 29_000)))
        yield first, last, called, born if draw.random() < 0.97 else None


def nhs_numbers(seed: int = 11) -> Iterator[str]:
    """Give NHS numbers whose last digit fits, none twice."""
    draw, given = random.Random(seed), set()  # noqa: S311  # the same every time
    while True:
        digits = [int(d) for d in f"{draw.randrange(400_000_000, 799_999_999)}"]
        check = 11 - sum(d * w for d, w in zip(digits, range(10, 1, -1), strict=True)) % 11
        number = "".join(map(str, digits)) + str(check % 11)
        if check != 10 and number not in given:
            given.add(number)
            yield number
