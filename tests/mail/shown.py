"""What people show in their answers, and how it is no older letter."""

# ruff: noqa: E501 - a table of letters reads best unwrapped

IN_ANSWERS = [
    "Hi Sam,\n\nhere are the headers you asked for:\n\nFrom: billing@shop.example\nTo: nic@ferrier.example\nSubject: Your invoice\nDate: Mon, 2 Mar 2026 08:00:00 +0000\n\nIt came from outside. What now?",
    "the full header is below.\n\nReceived: from mx.shop.example\nFrom: billing@shop.example\nTo: n@f.example\nSubject: Your invoice\nDate: Mon, 2 Mar 2026 08:00:00 +0000\n\nSPF fails.",
    "Hola\n\nRemitente: Juan Pérez\nDestinatario: María Gil\nEnviado el: 2 de marzo\n\nNo ha llegado todavía.",
    "The booking\n\nVon: Hamburg\nAn: München\nDatum: 3. Juni\nBetreff: Buchung 4711\n\nist falsch.",
    "Our rule is\n\nFrom: contains shop.example\nTo: me\nSubject: contains invoice\n\nand does nothing.",
    "Write to all\n\nAn: alle@ferrier.example\nBetreff: Wartung\nDatum: heute\n\nHeute ist Wartung.",
    "The sender shows as\nFrom: Paypal <pay@evil.example>\nSubject: Your account\nSeveral users got that.",
    'I was told more.\n\nOn 2 March 2026 at 14:30 Tom Bell wrote:\n\n"It will be replaced."\n\nNothing came.',
    "I was told more.\n\nOn 2 March 2026 at 14:30 Mrs Weber wrote:\n\nIt will come.\n\nNothing came.",
    "Look:\n\nOn 2 March 2026 at 14:30 Tom Bell wrote:\n\nIt will come.\n\nNothing came.",
    "Der Verlauf\n\n12.03.2026 14:30 Mail an Support geschrieben\n13.03.2026 09:00 Anruf\n\nWann passiert etwas?",
    "It happened\n\n2026-05-12 10:03 UTC+02:00 connection lost\n2026-05-13 11:00 UTC+02:00 back\n\nWhy?",
    "Zwei Fehler\n\n- Der Text oberhalb dieser Zeile fehlt im Ausdruck\n- Das Logo ist zu klein\n\nBitte ändern.",
    "Original message:\n----------\nError 17\n\nWhat does that mean?",
]
