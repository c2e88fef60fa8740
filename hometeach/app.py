"""How the application is put together: configure, bind the extensions, register the pages."""

from flask import Config, Flask
from sqlalchemy.exc import DatabaseError
from werkzeug.middleware.proxy_fix import ProxyFix

import config
from hometeach import commands
from hometeach.agreements.sealing.keys import refuse_without_key
from hometeach.kernel import clock, sealing
from hometeach.kernel.extensions import babel, csrf, db, migrate
from hometeach.kernel.faults import about_database
from hometeach.people.founding import holds_demonstration_accounts
from hometeach.web import base, failing, look, pages, rail, translating
from hometeach.web.addresses import WholeNumber


def create_app(settings: type[config.Base] | None = None) -> Flask:
    """Make the application for one configuration.

    Raises: SystemExit with what to do, where a key is missing or malformed.
    """
    app = Flask(
        "hometeach",
        template_folder=str(config.ROOT / "templates"),
        static_folder=str(config.ROOT / "static"),
    )
    app.config.from_object(settings or config.chosen())
    _refuse_strange_places(app.config)
    app.extensions["hometeach.keys"] = sealing.load_keys(
        app.config["KEYS"], app.config["KEY_FILE"], app.config["FIELD_KEYS_BEFORE"]
    )
    refuse_without_key(app.config)
    app.secret_key = app.extensions["hometeach.keys"].secret

    if app.config["PROXIES"]:
        hops = app.config["PROXIES"]
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]

    db.init_app(app)
    migrate.init_app(app, db)
    babel.init_app(
        app,
        locale_selector=translating.spoken_locale,
        default_translation_directories=str(config.ROOT / "translations"),
    )
    base.init_app(app)
    failing.init_app(app)
    rail.init_app(app)
    csrf.init_app(app)  # after the guard: its refusal is a page like any other
    look.init_app(app)
    translating.init_app(app)
    app.url_map.converters["int"] = WholeNumber
    for blueprint in pages.blueprints():
        app.register_blueprint(blueprint)
    commands.register(app)
    if not (app.config["DEMONSTRATION"] or app.testing):
        _refuse_demonstration_accounts(app)
    return app


def _refuse_strange_places(settings: Config) -> None:
    """See at the start that there is a day, and a folder to write into.

    Raises: SystemExit with what to do.
    """
    try:
        clock.frozen_today()
    except ValueError as error:
        raise SystemExit(f"Not started: HOMETEACH_TODAY: {error}. Write it as 2026-11-23.") from None
    try:
        settings["VAR_DIR"].mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SystemExit(f"Not started: HOMETEACH_VAR names no folder that can be used: {error}") from None


def _refuse_demonstration_accounts(app: Flask) -> None:
    """A real deployment never runs on the demonstration's database, whose passwords everybody knows.

    Raises: SystemExit with what to do.
    """
    with app.app_context():
        try:
            is_of_demonstration = holds_demonstration_accounts()
        except DatabaseError as error:
            if not (told := about_database(error)):
                raise
            raise SystemExit(f"Not started: {told}") from None
        if is_of_demonstration:
            raise SystemExit(
                "Not started: this database holds accounts of the demonstration. "
                "Give DATABASE_URL a database of the deployment's own and run `flask db upgrade`."
            )
