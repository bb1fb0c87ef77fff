"""La referencia de la API, en español y sin guiones de terceros: se lee de su propio OpenAPI."""

from dataclasses import dataclass

from django.conf import settings
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from territorios.jurisdiccion import es_publica
from territorios.models import NombreInstitucion

from ..api import api

TIPOS = {
    "string": "texto",
    "integer": "entero",
    "number": "número",
    "boolean": "sí o no",
    "array": "lista",
    "object": "objeto",
    "null": "vacío",
}
FORMATOS = {"date": "fecha", "date-time": "fecha y hora"}


@dataclass
class Renglon:
    """Un parámetro o un campo: su nombre, su tipo en palabras y qué es."""

    nombre: str
    tipo: str
    que: str


@dataclass
class Ruta:
    camino: str
    titulo: str
    que: str
    parametros: list[Renglon]
    campos: list[Renglon]


@es_publica
@require_safe
def referencia(request):
    esquema = api.get_openapi_schema()
    contexto = {
        "institucion": NombreInstitucion.objects.en(),
        "rutas": [_ruta(camino, uno["get"], esquema) for camino, uno in esquema["paths"].items()],
        "descripcion": esquema["info"]["description"],
        "limite": settings.LIMITES_POR_MINUTO["api"],
        "raiz": request.build_absolute_uri("/api/v1"),
    }
    return render(request, "pdot/referencia.html", contexto)


@es_publica
@require_safe
def a_la_referencia(request):
    return redirect("api:referencia")


def _ruta(camino, operacion, esquema):
    respuesta = operacion["responses"][200]["content"]["application/json"]["schema"]
    parametros = [
        Renglon(uno["name"], _tipo(uno["schema"]), uno.get("description", ""))
        for uno in operacion.get("parameters", [])
    ]
    campos = list(_campos(respuesta, esquema))
    que = operacion.get("description", "")
    return Ruta(camino, operacion["summary"], que, parametros, campos)


def _campos(forma, esquema):
    """Los de la forma y, si lleva una lista de otra, los de esa con su nombre delante."""
    if forma.get("type") == "array":
        yield from _campos(forma["items"], esquema)
        return
    for nombre, uno in _de(forma, esquema).get("properties", {}).items():
        yield Renglon(nombre, _tipo(uno), uno.get("description", ""))
        if interior := _interior(uno):
            for campo in _campos(interior, esquema):
                yield Renglon(f"{nombre}.{campo.nombre}", campo.tipo, campo.que)


def _de(forma, esquema):
    if "$ref" in forma:
        return esquema["components"]["schemas"][forma["$ref"].rsplit("/", 1)[1]]
    return forma


def _interior(forma):
    """La forma que va dentro: de una lista, de un objeto por clave o directamente."""
    dentro = forma.get("items") or forma.get("additionalProperties") or forma
    return dentro if isinstance(dentro, dict) and "$ref" in dentro else None


def _tipo(forma):
    if "anyOf" in forma:
        return " o ".join(_tipo(una) for una in forma["anyOf"])
    if "enum" in forma:
        return ", ".join(f"«{uno}»" for uno in forma["enum"] if uno)
    if "$ref" in forma:
        return TIPOS["object"]
    return FORMATOS.get(forma.get("format"), TIPOS.get(forma.get("type"), ""))
