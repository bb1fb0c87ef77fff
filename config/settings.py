"""Configuración. Lo que cambia de una instalación a otra se lee del ambiente (.env.example)."""

from datetime import timedelta
from pathlib import Path

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from config.paginas import PAGINAS

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
environ.Env.read_env(BASE_DIR / ".env")

CLAVE_DE_DESARROLLO = "inseguro-solo-para-desarrollo-cambiela-en-produccion-0123456789"

PRODUCCION = env.bool("PRODUCCION", default=False)
DEBUG = env.bool("DEBUG", default=not PRODUCCION)
SECRET_KEY = env.str("SECRET_KEY", default=CLAVE_DE_DESARROLLO)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[] if PRODUCCION else ["127.0.0.1", "localhost"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])


def exigir_produccion_segura():
    """Impide arrancar en producción con valores de desarrollo.

    Lanza ImproperlyConfigured y dice qué variable hay que corregir.
    """
    if DEBUG:
        raise ImproperlyConfigured("PRODUCCION=1 no admite DEBUG=1.")
    if SECRET_KEY == CLAVE_DE_DESARROLLO or len(SECRET_KEY) < 50 or len(set(SECRET_KEY)) < 5:
        raise ImproperlyConfigured(
            "PRODUCCION=1 exige una SECRET_KEY propia, al azar y de 50 caracteres o más."
        )
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        raise ImproperlyConfigured("PRODUCCION=1 exige ALLOWED_HOSTS con los nombres del sitio.")


if PRODUCCION:
    exigir_produccion_segura()

INSTALLED_APPS = [
    "territorios",
    "acompanamiento",
    "talleres",
    "pdot",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "crispy_forms",
    "crispy_bootstrap5",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "simple_history",
    "csp",
    "django_tasks",
    "django_tasks_db",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "territorios.cuentas.ExigeIngresoMiddleware",
    "territorios.sin_conexion.QuienMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "territorios.cuentas.SegundoFactorMiddleware",
    "territorios.cuentas.CodigoDeRechazoMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
ABSOLUTE_URL_OVERRIDES = PAGINAS

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
                "territorios.sin_conexion.quien",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"

# --- Base de datos -----------------------------------------------------------------------------
# Con lo que Django trae de fábrica, 16 escritores simultáneos sobre SQLite fallan casi siempre;
# con IMMEDIATE y WAL, nunca. PostgreSQL no pone plazo a nada por defecto: se lo ponemos.
DATABASES = {"default": env.db("DATABASE_URL", default=f"sqlite:///{BASE_DIR / 'db.sqlite3'}")}
BASE = DATABASES["default"]
OPCIONES = BASE.setdefault("OPTIONS", {})
# Lo que diga DATABASE_URL («?sslmode=require») se suma a lo nuestro y, si choca, manda.
if BASE["ENGINE"] == "django.db.backends.sqlite3":
    BASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA journal_size_limit=67108864;"
        ),
    } | OPCIONES
else:
    BASE.setdefault("CONN_MAX_AGE", 60)
    BASE.setdefault("CONN_HEALTH_CHECKS", True)
    PLAZOS = (
        "-c statement_timeout=30000 -c lock_timeout=10000"
        " -c idle_in_transaction_session_timeout=60000"
    )
    # Compilar una consulta de alcance (dos o tres segundos) cuesta cien veces más que hacerla.
    SIN_COMPILAR = "-c jit=off"
    OPCIONES["options"] = f"{PLAZOS} {SIN_COMPILAR} {OPCIONES.get('options', '')}".strip()
CACHES = {"default": env.cache("CACHE_URL", default="locmemcache://")}

# --- Trabajos en segundo plano ------------------------------------------------------------------
TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
# El servidor web lanza uno por máquina; con 0, alguien corre «manage.py trabajar» aparte.
TRABAJADOR_EMBEBIDO = env.bool("TRABAJADOR_EMBEBIDO", default=True)
PROCESOS_DEL_TRABAJADOR = env.int("PROCESOS_DEL_TRABAJADOR", default=2)
# Cuánto se guarda el ZIP o el borrador de un trabajo; lo emitido queda.
RETENCION_DE_TRABAJOS = timedelta(days=env.int("RETENCION_DE_TRABAJOS", default=15))

# --- Cuentas -----------------------------------------------------------------------------------
AUTH_USER_MODEL = "territorios.Usuario"
AUTHENTICATION_BACKENDS = ["territorios.cuentas.Ingreso"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "territorios.claves.DistintaDeSusDatos"},
    {"NAME": "territorios.claves.LargoMinimo", "OPTIONS": {"min_length": 10}},
    {"NAME": "territorios.claves.NadaComun"},
    {"NAME": "territorios.claves.NoSoloNumeros"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "inicio"
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_ADAPTER = "territorios.cuentas.AdaptadorDeCuentas"
ACCOUNT_LOGIN_METHODS = {"username", "email"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "email*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = False
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_FORMS = {
    "login": "territorios.forms.IngresoForm",
    "change_password": "territorios.forms.CambiarClaveForm",
    "set_password": "territorios.forms.PonerClaveForm",
    "reset_password": "territorios.forms.ClaveOlvidadaForm",
    "reset_password_from_key": "territorios.forms.ClaveNuevaForm",
    "reauthenticate": "territorios.forms.ConfirmarIdentidadForm",
}
PROXIES_DE_CONFIANZA = env.int("PROXIES_DE_CONFIANZA", default=0)
ALLAUTH_TRUSTED_PROXY_COUNT = PROXIES_DE_CONFIANZA
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Acompañamiento PDOT"
MFA_ADAPTER = "territorios.segundo_factor.AdaptadorDeFactor"
MFA_FORMS = {
    "activate_totp": "territorios.segundo_factor.ActivarForm",
    "authenticate": "territorios.segundo_factor.CodigoAlIngresarForm",
    "reauthenticate": "territorios.segundo_factor.CodigoForm",
}
# A central y a las zonas se les exige segundo factor; en la demostración estorbaría.
SEGUNDO_FACTOR_EXIGIDO = env.bool("SEGUNDO_FACTOR_EXIGIDO", default=PRODUCCION)
SESSION_COOKIE_AGE = 60 * 60 * 12
SESSION_EXPIRE_AT_BROWSER_CLOSE = False

# --- Correo ------------------------------------------------------------------------------------
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("CORREO_REMITENTE", default="acompanamiento-pdot@localhost")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Sin plazo, un servidor que no contesta detendría la cola para siempre.
EMAIL_TIMEOUT = 30
# Cuánto se conserva el contenido de lo enviado; después queda solo la constancia de que salió.
RETENCION_DEL_CORREO = timedelta(days=env.int("RETENCION_DEL_CORREO", default=30))
# Cuánto se conserva lo que decía un aviso ya leído.
RETENCION_DE_AVISOS = timedelta(days=env.int("RETENCION_DE_AVISOS", default=90))
# Las órdenes de cron no tienen petición de donde saber el nombre del sitio, y los resúmenes llevan
# enlaces.
SITIO = env.str(
    "SITIO", default=f"https://{ALLOWED_HOSTS[0]}" if PRODUCCION else "http://127.0.0.1:8000"
).rstrip("/")

# --- Lengua, hora y números --------------------------------------------------------------------
LANGUAGE_CODE = "es-ec"
LANGUAGES = [("es-ec", "Español (Ecuador)")]
TIME_ZONE = "America/Guayaquil"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["config.formatos"]

# --- Archivos estáticos ------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "config.estaticos.PaquetesFinder",
]
# Donde se guarda la letra ya recortada; se vuelve a hacer sola si falta.
ESTATICOS_GENERADOS = Path(env.str("ESTATICOS_GENERADOS", default=str(BASE_DIR / ".estaticos")))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "config.almacen.AlmacenSinMapas"
            if PRODUCCION
            else "django.contrib.staticfiles.storage.StaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = not PRODUCCION

# --- Seguridad ---------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "territorios.views.errores.csrf_rechazado"
if PRODUCCION:
    SESSION_COOKIE_SECURE = True
    CSRF_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = env.bool("SECURE_HSTS_INCLUDE_SUBDOMAINS", default=True)
    SECURE_HSTS_PRELOAD = env.bool("SECURE_HSTS_PRELOAD", default=True)
    # Sin un proxy propio delante, ese encabezado lo escribe cualquiera.
    if PROXIES_DE_CONFIANZA > 0:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

# Un formulario de evaluación lleva unos cien campos; mil es holgado y corta los abusos.
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1000
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# Por conexión. En una sala hay un solo wifi y decenas de teléfonos: con la clave buena el límite es
# holgado (además, cada encuentro tiene su tope); con claves y códigos inventados, corto.
LIMITES_POR_MINUTO = {
    "registro_en_puerta": 240,
    "clave_inventada": 60,
    "codigo_inventado": 20,
    # De cada llave de la API, y de quien prueba llaves que no abren.
    "api": env.int("LIMITE_DE_LA_API", default=120),
    "llave_inventada": 20,
}

# --- Archivos que se suben ---------------------------------------------------------------------
# Fuera de lo que se sirve: solo los entrega una vista, después de autorizar.
ARCHIVOS_PRIVADOS = Path(env.str("ARCHIVOS_PRIVADOS", default=str(BASE_DIR / "media" / "privados")))
# Un poco más que el mayor tope de un formulario (20 MB), para que sea él quien lo explique.
SUBIDA_MAXIMA = 21 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "territorios.subidas.TopeDeSubida",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"consola": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["consola"], "level": "WARNING"},
}
