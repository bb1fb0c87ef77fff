"""Los datos abiertos, sin cuenta: qué se publicó, con qué licencia, y cada archivo."""

from django.http import FileResponse, Http404, HttpResponseNotModified
from django.shortcuts import get_object_or_404, render
from django.utils.cache import patch_cache_control
from django.utils.http import parse_etags
from django.views.decorators.http import require_safe

from territorios.jurisdiccion import es_publica
from territorios.models import NombreInstitucion

from ..datos_abiertos import MEDIOS, carpeta_de, ultima
from ..hojas_abiertas import ABIERTAS
from ..models import PublicacionDeDatos

# Para programas que quieren siempre lo más reciente, sin leer la página.
ULTIMA = "ultima"


@es_publica
@require_safe
def datos(request):
    publicacion = ultima()
    contexto = {
        "institucion": NombreInstitucion.objects.en(),
        "publicacion": publicacion,
        "hojas": [(hoja, _archivos_de(hoja, publicacion)) for hoja in ABIERTAS],
        "sueltos": [uno for uno in publicacion.archivos if uno["filas"] is None]
        if publicacion
        else [],
    }
    return render(request, "pdot/datos.html", contexto)


def _archivos_de(hoja, publicacion):
    if publicacion is None:
        return []
    nombres = (f"{hoja.nombre}.csv", f"{hoja.nombre}.geojson")
    return [uno for uno in map(publicacion.archivo, nombres) if uno]


@es_publica
@require_safe
def archivo(request, clave, nombre):
    """Un archivo tal como se publicó: solo los de la lista de su publicación."""
    publicacion = (
        ultima() if clave == ULTIMA else get_object_or_404(PublicacionDeDatos, clave=clave)
    )
    ficha = publicacion and publicacion.archivo(nombre)
    if not ficha:
        raise Http404
    marca = f'"{ficha["sha256"]}"'
    if marca in parse_etags(request.headers.get("If-None-Match", "")):
        return HttpResponseNotModified(headers={"ETag": marca})
    try:
        abierto = (carpeta_de(publicacion) / ficha["nombre"]).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    respuesta = FileResponse(abierto, as_attachment=True, filename=ficha["nombre"])
    respuesta["Content-Type"] = _tipo(ficha["nombre"])
    respuesta["ETag"] = marca
    # Son de todos: también los lee el guion de otra página. Nada de aquí depende de una cuenta.
    respuesta["Access-Control-Allow-Origin"] = "*"
    patch_cache_control(respuesta, public=True, max_age=300)
    return respuesta


def _tipo(nombre):
    tipo = MEDIOS.get(nombre[nombre.rfind(".") :], "text/plain")
    return tipo if tipo == "application/geo+json" else f"{tipo}; charset=utf-8"
