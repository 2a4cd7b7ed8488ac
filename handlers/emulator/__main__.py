"""`python -m handlers.emulator`: the LINE emulator as a program of its own."""

import argparse
import signal
import sys
from pathlib import Path
from threading import Thread

from bot.emulator import limits
from bot.emulator.platform import Platform, PlatformSettings
from handlers.emulator.app import create_app
from handlers.emulator.server import make_server


def main(arguments: list[str] | None = None) -> int:
    """Runs until SIGINT or SIGTERM; prints one line with the address when it is ready."""
    asked = _parser().parse_args(arguments)
    platform = Platform(_settings(asked))
    server = make_server(create_app(platform), asked.host, asked.port)

    def stop(number: int, frame: object) -> None:
        Thread(target=server.shutdown, daemon=True).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    sys.stdout.write(f"emulator ready at http://{asked.host}:{server.server_port}/\n")
    sys.stdout.flush()
    server.serve_forever(poll_interval=0.1)
    platform.stop()
    return 0


def _settings(asked: argparse.Namespace) -> PlatformSettings:
    return PlatformSettings(
        webhook_url=asked.webhook,
        channel_secret=asked.channel_secret,
        channel_token=asked.channel_token,
        channel_id=asked.channel_id,
        product_url=asked.product_url,
        clock_file=asked.clock_file,
        log_file=asked.log_file,
        data_dir=asked.data_dir,
        latency=asked.latency_ms / 1000,
        reply_token_seconds=asked.reply_token_seconds,
        webhook_timeout=asked.webhook_timeout,
        redelivery_after=tuple(float(s) for s in asked.redelivery_seconds.split(",") if s),
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="handlers.emulator", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=5001, help="0 takes a free one")
    parser.add_argument("--webhook", required=True, help="where the product takes events")
    parser.add_argument("--channel-secret", required=True)
    parser.add_argument("--channel-token", required=True)
    parser.add_argument("--channel-id", default="1000000000")
    parser.add_argument("--product-url", default="", help="shown as a link on the page")
    parser.add_argument("--clock-file", type=Path, help="where the civil clock's offset is left")
    parser.add_argument("--log-file", type=Path, help="the log as JSON lines, appended")
    parser.add_argument("--data-dir", type=Path, help="keeps residents and rich menus")
    parser.add_argument("--latency-ms", type=float, default=0.0, help="added to every API call")
    parser.add_argument("--reply-token-seconds", type=float, default=limits.REPLY_TOKEN_SECONDS)
    parser.add_argument("--webhook-timeout", type=float, default=limits.WEBHOOK_ANSWER_SECONDS)
    parser.add_argument("--redelivery-seconds", default="1,2,4,8,15,30", help="comma-separated")
    return parser


if __name__ == "__main__":
    raise SystemExit(main())
