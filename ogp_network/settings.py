"""Settings, all of them from the environment; README.md has the table.

SITE_MODE is "production" unless something says otherwise: a server started without settings refuses to run.
"""

import contextlib
import os
import secrets
import tempfile
from pathlib import Path

from disposable_email_domains import blocklist
from environs import Env, ValidationError, validate

from . import logs

BASE_DIR = Path(__file__).resolve().parent.parent
LOCAL_DIR = BASE_DIR / ".local"

env = Env()

SITE_MODE = env.str(
    "SITE_MODE", "production", validate=validate.OneOf(["production", "development", "demonstration"])
)
IS_PRODUCTION = SITE_MODE == "production"
DEMO_MODE = SITE_MODE == "demonstration"


def _no_debug_in_production(value):
    if value and IS_PRODUCTION:
        raise ValidationError("DEBUG shows secrets to visitors; set SITE_MODE=development to use it")


def _secret_enough(value):
    if len(value) < 50 or len(set(value)) < 10:
        raise ValidationError("must be at least 50 characters, hard to guess")


def _web_address(value):
    scheme, _, host = value.partition("://")
    if scheme not in ("http", "https") or not host or "/" in host:
        raise ValidationError("must look like https://manifesto.example.org, without a path")
    if IS_PRODUCTION and scheme != "https":
        raise ValidationError("must begin with https:// in production")


def _all_reachable(value):
    if not all(contact.startswith(("mailto:", "https://", "tel:")) for contact in value):
        raise ValidationError("must be addresses that begin with mailto:, https:// or tel:")


def _local_secret_key():
    """A key of this checkout's own, made once, so that sessions outlive a restart of the development server."""
    path = LOCAL_DIR / "secret-key"
    if not path.exists():
        LOCAL_DIR.mkdir(exist_ok=True)
        # Of two processes that start at once, both use the key of the one that comes first with its link.
        with tempfile.NamedTemporaryFile("w", dir=LOCAL_DIR) as file:
            file.write(secrets.token_urlsafe(50))
            file.flush()
            with contextlib.suppress(FileExistsError):
                os.link(file.name, path)
    return path.read_text()


DEBUG = env.bool("DEBUG", False, validate=_no_debug_in_production)

if IS_PRODUCTION:
    SECRET_KEY = env.str("SECRET_KEY", validate=_secret_enough)
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", validate=validate.Length(min=1))
    SITE_URL = env.str("SITE_URL", validate=_web_address)
    DATABASES = {"default": env.dj_db_url("DATABASE_URL")}
    EMAIL = env.dj_email_url("EMAIL_URL")
    DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL")
else:
    SECRET_KEY = env.str("SECRET_KEY", "") or _local_secret_key()
    ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", ["localhost", "127.0.0.1", "[::1]"])
    SITE_URL = env.str("SITE_URL", "http://127.0.0.1:8000", validate=_web_address)
    if os.environ.get("DATABASE_URL"):
        DATABASES = {"default": env.dj_db_url("DATABASE_URL")}
    else:
        DATABASES = {
            "default": {"ENGINE": "ogp_network.embedded_postgres", "NAME": "ogp_network", "USER": "postgres"}
        }
    EMAIL = env.dj_email_url("EMAIL_URL", "console://")
    DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Open Government Manifesto <hello@example.org>")

if "EMAIL_BACKEND" not in EMAIL:
    raise ValidationError("EMAIL_URL must begin with smtp://, smtps://, submission:// or console://")
if "postgres" not in DATABASES["default"]["ENGINE"]:
    raise ValidationError("DATABASE_URL must begin with postgresql://")

SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", [])
SERVER_EMAIL = DEFAULT_FROM_EMAIL
EMAIL_BACKEND = EMAIL["EMAIL_BACKEND"]
EMAIL_HOST = EMAIL["EMAIL_HOST"]
EMAIL_PORT = EMAIL["EMAIL_PORT"]
EMAIL_HOST_USER = EMAIL["EMAIL_HOST_USER"]
EMAIL_HOST_PASSWORD = EMAIL["EMAIL_HOST_PASSWORD"]
EMAIL_USE_TLS = EMAIL["EMAIL_USE_TLS"]
EMAIL_USE_SSL = EMAIL["EMAIL_USE_SSL"]
EMAIL_TIMEOUT = 10

INSTALLED_APPS = [
    "ogp_network.apps.NetworkConfig",
    "manifesto",
    "meetings",
    "profiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_filters",
    "ogp_network.apps.ManifestoAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.sessions",
    "django.contrib.sitemaps",
    "django.contrib.staticfiles",
    "django.forms",
    "pgtrigger",
]

MIDDLEWARE = [
    "ogp_network.logs.log_requests",
    "django.middleware.security.SecurityMiddleware",
    "ogp_network.guards.guarded",
    "ogp_network.guards.nothing_endless",
    "ogp_network.middleware.no_nul_in_admin_queries",
    "ogp_network.middleware.readable_from_other_sites",
    "ogp_network.guards.reading_and_forms_alone",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "ogp_network.middleware.Compressed",
    "ogp_network.middleware.Revalidated",
    "ogp_network.middleware.who_may_keep_it",
    "ogp_network.health.answer_probes",
    "ogp_network.visitor_pages.kept_for_visitors",
    "ogp_network.read_only.Sessions",
    "ogp_network.middleware.language_of_the_address",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "profiles.devices.last_used",
    "ogp_network.unavailable.refuse_to_write",
]

ROOT_URLCONF = "ogp_network.urls"
WSGI_APPLICATION = "ogp_network.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "ogp_network.context_processors.site",
                "ogp_network.context_processors.languages",
                "ogp_network.context_processors.footer",
                "ogp_network.context_processors.discovery",
            ],
            "builtins": ["django.templatetags.i18n"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

# A database that doesn't answer must not take every thread with it.
DATABASES["default"].setdefault("OPTIONS", {}).setdefault("connect_timeout", 5)
DATABASES["default"].update({"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True, "ATOMIC_REQUESTS": False})
# With DATABASE_POOLING=transaction nothing of ours outlives a transaction on the server, so that PgBouncer may stand in
# between in that mode.
DATABASES["default"]["DISABLE_SERVER_SIDE_CURSORS"] = True
DATABASE_POOLING = env.str("DATABASE_POOLING", "none", validate=validate.OneOf(["none", "transaction"]))
# How often a connection executes a statement before the server keeps its plan, where that is the same server each time.
DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 5 if DATABASE_POOLING == "none" else None
# Seconds until a statement of a page, and one that waits for another's lock, is given up and answered with 503.
# 0 leaves it to the database.
STATEMENT_SECONDS = env.int("STATEMENT_SECONDS", 15, validate=validate.Range(min=0))
LOCK_SECONDS = env.int("LOCK_SECONDS", 5, validate=validate.Range(min=0))
# Everything can be read and nothing written, as while the database is moved.
READ_ONLY = env.bool("READ_ONLY", False)
# For so long a process may show visitors a page that it made for another of them; 0 makes each anew.
VISITOR_PAGES_SECONDS = env.int("VISITOR_PAGES_SECONDS", 5, validate=validate.Range(min=0, max=60))
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# All app servers count rate limits together; `manage.py createcachetable` makes the table.
CACHES = {
    "default": {
        "BACKEND": "ogp_network.read_only.Cache",
        "LOCATION": "cache",
        "KEY_FUNCTION": "ogp_network.cache_keys.keyed",
        # Far more than an attacker's addresses in a window: a full cache forgets other people's limits.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    },
    # For what every process may work out for itself and forget.
    "process": {
        "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
        "LOCATION": "process",
        # Most are cards of about two kilobytes.
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
}

LANGUAGE_CODE = "en-gb"
# Each in its own words. The first is at addresses without a prefix, the others below /cy/ and so on.
LANGUAGES = [("en-gb", "English"), ("cy", "Cymraeg")]
# No translator has read these yet, and their pages say so.
UNREVIEWED_LANGUAGES = ["cy"]
LOCALE_PATHS = [BASE_DIR / "ogp_network" / "locale"]
FORMAT_MODULE_PATH = "ogp_network.formats"
TIME_ZONE = "Europe/London"
USE_I18N = True
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if IS_PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "ogp_network.fonts.FontFinder",
]
WHITENOISE_USE_FINDERS = not IS_PRODUCTION
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IS_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

AUTH_USER_MODEL = "profiles.Member"
AUTHENTICATION_BACKENDS = ["ogp_network.account_backend.AccountBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

# How often something may be done: little by one account, much from one network (an IPv4 address, the /64 of an IPv6
# one), since a library, a workshop or a whole mobile provider may stand behind it. RATE_LIMITS=off is for load tests.
if env.bool("RATE_LIMITS", True):
    RATE_LIMITS = {
        "vote": {"account": {"minute": 40, "day": 2000}, "network": {"minute": 1200}},
        "idea": {"account": {"hour": 10, "day": 30}, "network": {"hour": 300}},
        "comment": {"account": {"minute": 6, "hour": 60}, "network": {"minute": 120}},
        "report": {"account": {"hour": 20}, "network": {"hour": 300}},
        "vote_query": {"account": {"hour": 60, "day": 200}},
        "upload": {"account": {"hour": 60}, "network": {"hour": 600}},
        "import": {"account": {"hour": 60, "day": 300}},
    }
    # django-allauth's own, by what it calls them; those not named here are as it has them. A key is an e-mail address.
    ACCOUNT_RATE_LIMITS = {
        "signup": "60/m/ip,600/h/ip",
        "login": "120/m/ip",
        "login_failed": "60/m/ip,5/5m/key",
        "request_login_code": "60/m/ip,3/m/key",
        "reset_password": "60/m/ip,5/m/key",
        "manage_email": "10/m/user",
    }
else:
    RATE_LIMITS, ACCOUNT_RATE_LIMITS = {}, False

ACCOUNT_ADAPTER = "ogp_network.account_adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "profiles.forms.SignupForm"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = "profiles.models.display_name"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
# django-allauth offers it only where there was no account before, and so would tell.
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_CHANGE = False
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_FORMS = {
    "add_email": "ogp_network.forms.AddEmailForm",
    "change_email": "ogp_network.forms.ChangeEmailForm",
    "change_password": "ogp_network.forms.ChangePasswordForm",
    "confirm_email_verification_code": "ogp_network.forms.ConfirmEmailVerificationCodeForm",
    "confirm_login_code": "ogp_network.forms.ConfirmLoginCodeForm",
    "confirm_password_reset_code": "ogp_network.forms.ConfirmPasswordResetCodeForm",
    "login": "ogp_network.forms.LoginForm",
    "reauthenticate": "ogp_network.forms.ReauthenticateForm",
    "request_login_code": "ogp_network.forms.RequestLoginCodeForm",
    "reset_password": "ogp_network.forms.ResetPasswordForm",
    "reset_password_from_key": "ogp_network.forms.ResetPasswordKeyForm",
    "set_password": "ogp_network.forms.SetPasswordForm",
    "signup": "ogp_network.forms.JoinForm",
}
# How long a mark says whether votes of one day came from the same network.
DAYS_TO_KEEP_NETWORKS = env.int("DAYS_TO_KEEP_NETWORKS", 30, validate=validate.Range(min=1, max=90))
# Domains, and all below them, of which no new address is accepted: what is listed, and services for throwing away.
BLOCKED_EMAIL_DOMAINS = frozenset(env.list("BLOCKED_EMAIL_DOMAINS", []))
if env.bool("BLOCK_DISPOSABLE_EMAIL", False):
    BLOCKED_EMAIL_DOMAINS |= blocklist
BLOCKED_EMAIL_DOMAINS -= frozenset(env.list("ACCEPTED_EMAIL_DOMAINS", []))
# Permissions count only for who has one. Demonstrations and development ask nobody for it.
REQUIRE_SECOND_FACTOR = env.bool("REQUIRE_SECOND_FACTOR", IS_PRODUCTION)
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "Open Government Manifesto"
# A code counts for half a minute more than it is shown, as RFC 6238 (5.2) advises: typing and sending take time.
MFA_TOTP_TOLERANCE = 1
# Passkeys work over plain HTTP on one's own machine only.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IS_PRODUCTION
# How many proxies stand between the visitor and the app: what rate limits by address trust of X-Forwarded-For.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("TRUSTED_PROXY_COUNT", 0, validate=validate.Range(min=0, max=10))

# Where numbers of deleted accounts are written down outside the database, for backups to be made to forget them too.
ERASURES_FILE = env.str("ERASURES_FILE", "")
# Commands that run in a database that was restored from a backup, before it is the site's.
AFTER_RESTORE = ["replay_erasures"] if ERASURES_FILE else []

MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"

# Addresses stay out of Referer, even to ourselves: an access log that keeps it would tie a vote to an idea's page.
SECURE_REFERRER_POLICY = "strict-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = [SITE_URL]
CSRF_FAILURE_VIEW = "ogp_network.views.csrf_failure"
SESSION_ENGINE = "ogp_network.read_only"
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IS_PRODUCTION
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = IS_PRODUCTION and env.bool("SSL_REDIRECT", True)
SECURE_HSTS_SECONDS = (
    env.int("HSTS_SECONDS", 31536000, validate=validate.Range(min=0)) if IS_PRODUCTION else 0
)
# Who watches over the site asks the process itself, where there is no https.
SECURE_REDIRECT_EXEMPT = [r"^health/"]
# Other sites of the same domain are for their owners to bind, so both are off unless asked for.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("HSTS_SUBDOMAINS", False)
SECURE_HSTS_PRELOAD = env.bool("HSTS_PRELOAD", False)
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Whom to tell of a hole in the site, in /.well-known/security.txt (RFC 9116); there is none until this is set.
SECURITY_CONTACT = env.list("SECURITY_CONTACT", [], validate=_all_reachable)
# From this day on nobody should trust what it says.
SECURITY_EXPIRES = env.date("SECURITY_EXPIRES", None)
if SECURITY_CONTACT and SECURITY_EXPIRES is None:
    raise ValidationError("SECURITY_EXPIRES must say until when SECURITY_CONTACT holds, such as 2027-06-30")

# A spreadsheet of 20 MB or pictures of 12 MB, and whatever stands beside them in a form.
LARGEST_REQUEST = 40 * 1024 * 1024
# Far more than any note: what is pasted is told that it is too long instead of being turned away at the door.
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
# A meeting of 500 people is one form in the admin.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000

# Standard error only. No mail to administrators: an error report would carry what a member voted for.
LOGGING = logs.configuration(
    # “full” writes the texts of exceptions, which can hold what a member did.
    format=env.str(
        "LOG_FORMAT",
        "json" if IS_PRODUCTION else "full",
        validate=validate.OneOf(["json", "plain"] if IS_PRODUCTION else ["json", "plain", "full"]),
    ),
    level=env.log_level("LOG_LEVEL", "INFO"),
)

env.seal()
