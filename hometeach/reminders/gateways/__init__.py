"""The ways out of the house that a deployment has, as its configuration says."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hometeach.kernel.delivering import Gateway
from hometeach.kernel.outbox import Channel
from hometeach.reminders.gateways.http import HttpGateway
from hometeach.reminders.gateways.smtp import SmtpGateway


def configured(config: Mapping[str, Any]) -> list[Gateway]:
    """A gateway for each channel that the configuration names; none where it names none."""
    found: list[Gateway] = []
    patience = timedelta(seconds=config["GATEWAY_TIMEOUT_SECONDS"])
    if config["SMTP_HOST"]:
        found.append(
            SmtpGateway(
                host=config["SMTP_HOST"],
                port=config["SMTP_PORT"],
                security=config["SMTP_SECURITY"],
                user=config["SMTP_USER"],
                password=config["SMTP_PASSWORD"],
                sender=config["MAIL_FROM"],
                absorbs_repeats=config["SMTP_ABSORBS_REPEATS"],
                patience=patience,
            )
        )
    if config["SMS_URL"]:
        found.append(HttpGateway(url=config["SMS_URL"], token=config["SMS_TOKEN"], patience=patience))
    return found


def is_reached(channel: Channel, config: Mapping[str, Any]) -> bool:
    """Whether this deployment has a way to send by this channel."""
    named = {Channel.EMAIL: "SMTP_HOST", Channel.SMS: "SMS_URL"}
    return channel not in named or bool(config[named[channel]])
