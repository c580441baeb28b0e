"""What a delivery may be able to do beyond twisted.mail's IMessageDelivery, and how it is asked."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zope.interface import Attribute, Interface

from mailtickets.interfaces import IIncoming
from mailtickets.mail.envelope import Envelope


class ITakesChunks(Interface):
    """An IMessageDelivery that takes a letter in whole chunks, once for all its recipients.

    twisted.mail makes an IMessage for each recipient and hands it line after line. A delivery that
    provides this is asked `takeLetter` instead; the callables that its `validateTo` answered are
    handed back to it and need not be called.
    """

    def takeLetter(  # zope's interfaces have no self
        envelope: Envelope,  # noqa: N805
        places: Sequence[Any],
    ) -> IIncoming:
        """A letter begins. `places` are what `validateTo` answered, in the order of the RCPTs.

        Raises Permanent or Temporary, or an SMTPServerError, to refuse it before its first octet.
        """


class IKnowsEnvelope(Interface):
    """A protocol, found as `User.protocol`, that can tell the envelope so far."""

    envelope = Attribute("The `mailtickets.mail.envelope.Envelope` of the letter under way.")
