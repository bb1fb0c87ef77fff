"""Lo que el navegador necesita para seguir sin red: su guion de fondo y una página de reserva."""

from hashlib import sha256

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..jurisdiccion import es_publica

GUIONES = ("js/envios.js", "js/pantallas.js", "js/servicio.js")
DE_RESERVA = (
    "paquetes/bootstrap.min.css",
    "paquetes/letra.woff2",
    "css/plataforma.css",
    "icono.svg",
    "js/copias.js",
)


@es_publica
@require_safe
def servicio(request):
    """El guion de fondo (service worker). Se sirve desde la raíz para alcanzar todo el sitio."""
    contexto = {"casa": lo_de_la_casa(), "guiones": [static(uno) for uno in GUIONES]}
    # Igual para todo el mundo: se arma sin mirar quién lo pide.
    guion = render_to_string("territorios/sw.js", contexto)
    cabeceras = {"Service-Worker-Allowed": "/", "Cache-Control": "no-cache"}
    return HttpResponse(guion, content_type="text/javascript; charset=utf-8", headers=cabeceras)


def lo_de_la_casa():
    """Lo que el guion de fondo guarda al instalarse; la versión sale de su contenido."""
    estaticos = [static(uno) for uno in DE_RESERVA]
    pagina = render_to_string("territorios/sin_conexion.html")
    guardado = "\n".join([pagina, *estaticos, *map(static, GUIONES)])
    return {
        "version": sha256(guardado.encode()).hexdigest()[:12],
        "pagina": reverse("sin_conexion"),
        "estaticos": estaticos,
        "raiz": settings.STATIC_URL,
    }


@es_publica
@require_safe
def sin_conexion(request):
    return render(request, "territorios/sin_conexion.html")
