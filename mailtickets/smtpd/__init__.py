"""The SMTP and LMTP server, in twisted.mail's shape: a factory, a protocol, a delivery."""

from mailtickets.smtp.limits import Limits
from mailtickets.smtpd.delivery import Delivery
from mailtickets.smtpd.factory import SMTPFactory
from mailtickets.smtpd.promises import ITakesChunks
from mailtickets.smtpd.protocol import ESMTP
from mailtickets.smtpd.tls import Certificates

__all__ = ["ESMTP", "Certificates", "Delivery", "ITakesChunks", "Limits", "SMTPFactory"]
