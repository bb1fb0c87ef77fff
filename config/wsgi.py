"""Aplicación WSGI: `gunicorn config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
application = get_wsgi_application()

# Después de armada la aplicación: antes no hay configuración que leer.
from territorios.embebido import asegurar  # noqa: E402

asegurar()
