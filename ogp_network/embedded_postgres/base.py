"""Django's PostgreSQL backend, connected to the embedded server."""

import contextlib

from django.conf import settings
from django.db.backends.postgresql import base, client

from .server import PORT, SUPERUSER, EmbeddedPostgresError, Server

SERVER = Server.from_environment(settings.BASE_DIR / ".local/postgres")
_known_databases = set()


class DatabaseClient(client.DatabaseClient):
    @classmethod
    def settings_to_cmd_args_env(cls, settings_dict, parameters):
        address = {"HOST": SERVER.ensure(), "PORT": PORT, "USER": SUPERUSER}
        arguments, environment = super().settings_to_cmd_args_env(settings_dict | address, parameters)
        return [str(SERVER.programs / "psql"), *arguments[1:]], environment


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient

    def get_new_connection(self, conn_params):
        try:
            try:
                return self._connect(conn_params, SERVER.ensure())
            except self.Database.OperationalError:
                # The server may have been killed since, or be recovering from a crash.
                _known_databases.clear()
                return self._connect(conn_params, SERVER.revive())
        except EmbeddedPostgresError as error:
            raise self.Database.OperationalError(str(error)) from error

    def _connect(self, conn_params, socket):
        address = {"host": socket, "port": PORT, "user": SUPERUSER}
        self._create_database(conn_params["dbname"], address)
        return super().get_new_connection(conn_params | address)

    def _create_database(self, name, address):
        """Create a database that isn't there; another process may do so at the same time."""
        if name in _known_databases:
            return
        errors = self.Database.errors
        with self.Database.connect(dbname="postgres", autocommit=True, **address) as connection:
            if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone():
                with contextlib.suppress(errors.DuplicateDatabase, errors.UniqueViolation):
                    connection.execute(f"CREATE DATABASE {self.ops.quote_name(name)}")
        _known_databases.add(name)
