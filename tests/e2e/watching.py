"""What a page complains about out of sight: errors in its console, uncaught ones, reports of its content policy."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import BrowserContext, ConsoleMessage, WebError

# An interface of the machine came or went: Chromium ends what it was loading. That is nothing of the page's.
_NOT_OF_THE_PAGE = "net::ERR_NETWORK_CHANGED"


@dataclass
class Watch:
    """Listens to every page of a context. A refused request stands in the console, too: a test says what it expects."""

    heard: list[str] = field(default_factory=list[str])
    expected: list[re.Pattern[str]] = field(default_factory=list[re.Pattern[str]])

    def listen(self, context: BrowserContext) -> None:
        context.on("console", self._console)
        context.on("weberror", self._uncaught)

    def expect(self, pattern: str) -> None:
        """Messages that hold the pattern are part of the test: `status of 422` where a form is refused."""
        self.expected.append(re.compile(pattern))

    def complaints(self) -> list[str]:
        of_the_page = [text for text in self.heard if _NOT_OF_THE_PAGE not in text]
        return [text for text in of_the_page if not any(known.search(text) for known in self.expected)]

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "assert"} or "Content Security Policy" in message.text:
            self.heard.append(f"{message.text} ({message.location.get('url', '')})")

    def _uncaught(self, error: WebError) -> None:
        self.heard.append(f"uncaught: {error.error}")
