"""La API y sus páginas. Las rutas de la API no piden sesión, sino llave: lo comprueban ellas."""

from functools import wraps

from django.urls import path
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import conditional_page

from territorios.jurisdiccion import es_publica

from .api import NO_EXISTE, api, no_existe, solo_lectura
from .api_rutas import ruta  # noqa: F401  Al cargarse declara las rutas.
from .views import llaves, referencia

app_name = "api"


def de_la_api(vista):
    """Solo GET, con ETag, sin caché compartida; la llave la pide cada ruta."""

    @conditional_page
    def leida(request, *args, **kwargs):
        respuesta = vista(request, *args, **kwargs)
        patch_cache_control(respuesta, private=True, no_cache=True)
        patch_vary_headers(respuesta, ["Authorization"])
        return respuesta

    @wraps(vista)
    def envuelta(request, *args, **kwargs):
        pedido = request.method
        if pedido not in ("GET", "HEAD"):
            return solo_lectura(request)
        # Quien pide solo las cabeceras recibe las del GET; el servidor quita el cuerpo.
        request.method = "GET"
        respuesta = leida(request, *args, **kwargs)
        request.method = pedido
        return respuesta

    return csrf_exempt(es_publica(envuelta))


def en_otra_parte(request, resto):
    return no_existe(request, NO_EXISTE)


rutas = [patron for patron in api.urls[0] if patron.name != "api-root"]

urlpatterns = [
    path("", referencia.referencia, name="referencia"),
    path("llaves/", llaves.llaves, name="llaves"),
    path("llaves/<int:pk>/revocar/", llaves.revocar, name="revocar_llave"),
    path("v1/", referencia.a_la_referencia, name="api-root"),
    *(path(f"v1/{uno.pattern}", de_la_api(uno.callback), name=uno.name) for uno in rutas),
    path("v1/<path:resto>", de_la_api(en_otra_parte), name="no_existe"),
]
