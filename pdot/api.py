"""La API de solo lectura: su entrada con llave, su límite y sus errores en español.

Se lee con el alcance de quien observa la oficina de la llave, por los mismos `visibles_para` que
las páginas. Todo es GET. La puerta de cada ruta es la llave y no una sesión, así que para la
plataforma son públicas (`urls_api`) y lo prueba `tests/pdot/test_api.py`.

La descripción (`openapi.json` y la página que la lee) se abre sin llave: dice qué se puede pedir y
no trae ninguna cifra. No hay CORS: una llave no debe viajar en el guion de una página.
"""

import logging

from django.http import Http404
from django.shortcuts import get_object_or_404
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError
from ninja.renderers import JSONRenderer
from ninja.security import HttpBearer

from territorios.limites import pasa, segundos_para_otro
from territorios.llaves import anotar_uso
from territorios.models import LlaveDeApi

from .api_esquemas import Falla, FallaDeDatos

registro = logging.getLogger(__name__)

SIN_LLAVE = (
    "Hace falta una llave que sirva: envíela en la cabecera «Authorization: Bearer pdot_…». Si la "
    "suya caducó o se revocó, pida otra a la oficina central."
)
NO_EXISTE = "Eso no existe o está fuera del alcance de su llave."
FALLO = "Algo falló de nuestro lado. Vuelva a intentarlo en unos minutos."


class ConTildes(JSONRenderer):
    json_dumps_params = {"ensure_ascii": False}


class Demasiadas(Exception):
    """Se pasó del límite de peticiones por minuto."""


class ConLlave(HttpBearer):
    """La llave en la cabecera; `request.auth` es la LlaveDeApi."""

    openapi_description = "La llave que dio la oficina central"

    def __call__(self, request):
        # La de la biblioteca anota en el registro lo que llegó, que puede ser una clave de otro.
        esquema, _, texto = request.headers.get(self.header, "").partition(" ")
        return self.authenticate(request, texto.strip()) if esquema.lower() == "bearer" else None

    def authenticate(self, request, token):
        llave = LlaveDeApi.objects.de_texto(token)
        if llave is None:
            if not pasa(request, "llave_inventada"):
                raise Demasiadas
            return None
        if not pasa(request, "api", llave.prefijo):
            raise Demasiadas
        anotar_uso(llave)
        return llave


api = NinjaAPI(
    title="Acompañamiento PDOT",
    version="1",
    description="Cifras y hechos públicos del acompañamiento a los GAD. Solo lectura, sin datos "
    "de personas. Cada llave lee su zona o el país.",
    auth=ConLlave(),
    renderer=ConTildes(),
    docs_url=None,
    urls_namespace="api",
)
FALLAS = {401: Falla, 404: Falla, 422: FallaDeDatos, 429: Falla}


# --- Errores ------------------------------------------------------------------------------------


def _falla(request, codigo, error, **mas):
    return api.create_response(request, {"error": error, **mas}, status=codigo)


@api.exception_handler(AuthenticationError)
def sin_llave(request, _):
    respuesta = _falla(request, 401, SIN_LLAVE)
    respuesta["WWW-Authenticate"] = "Bearer"
    return respuesta


@api.exception_handler(Demasiadas)
def demasiadas(request, _):
    espera = segundos_para_otro()
    error = f"Demasiadas peticiones en este minuto: espere {espera} s y siga."
    respuesta = _falla(request, 429, error)
    respuesta["Retry-After"] = str(espera)
    return respuesta


@api.exception_handler(Http404)
def no_existe(request, _):
    return _falla(request, 404, NO_EXISTE)


@api.exception_handler(ValidationError)
def mal_pedido(request, error):
    campos = [{"campo": _campo(uno), "mensaje": _mensaje(uno)} for uno in error.errors]
    return _falla(request, 422, "Revise los parámetros señalados.", campos=campos)


@api.exception_handler(Exception)
def fallo(request, error):
    registro.error("Falló %s", request.path, exc_info=error)
    return _falla(request, 500, FALLO)


def solo_lectura(request):
    respuesta = _falla(request, 405, "La API es de solo lectura: use GET.")
    respuesta["Allow"] = "GET, HEAD"
    return respuesta


MENSAJES = {
    "int_parsing": "Debe ser un número entero.",
    "int_parsing_size": "Es un número demasiado grande.",
    "missing": "Falta.",
    "literal_error": "No es una de las opciones: {expected}.",
    "less_than_equal": "Debe ser {le} o menos.",
    "greater_than_equal": "Debe ser {ge} o más.",
    "string_too_long": "Es demasiado largo: hasta {max_length} letras.",
    "string_pattern_mismatch": "No tiene la forma que se espera.",
}
DE_FECHA = "Debe ser una fecha, como 2019-08-22."


def _campo(error):
    return str(error["loc"][-1])


def _mensaje(error):
    if error["type"].startswith("date"):
        return DE_FECHA
    contexto = {clave: str(valor) for clave, valor in error.get("ctx", {}).items()}
    if "expected" in contexto:
        contexto["expected"] = contexto["expected"].replace(" or ", " o ")
    return MENSAJES.get(error["type"], "No es válido.").format(**contexto)


def traer(consulta, **cual):
    return get_object_or_404(consulta, **cual)
