"""Lo que llega tarde a una página del formulario que ya no existe: se muestra, no se pierde."""

from functools import wraps

from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404

from territorios.models import Gad
from territorios.views.conflictos import responder_conflicto
from territorios.views.errores import es_autoguardado

from ..models import EnNombre, Evaluacion, Informacion, Respuesta, Seccion

RETOMADA = "El GAD tomó de vuelta su evaluación: ya no se llena en su nombre"
LA_SIGUE_OTRA = "Otra persona de la zona llena ahora esta evaluación: lo suyo no se guardó"
OTRA_VERSION = "La evaluación pasó a otra versión de las preguntas: esto no se guardó"
CAMPOS = ("valor_", "texto_")
DE_VINCULOS = ("justificacion_", "incompatibles_", "sinergias_")
DE_INFORMACION, DE_VISION = ("dato-",), ("elementos", "problemas")
DE_HOJAS = DE_VINCULOS + DE_INFORMACION + DE_VISION
AJENOS_A = {
    Seccion.Clase.VINCULOS: ("texto_", *DE_INFORMACION, *DE_VISION),
    Seccion.Clase.INFORMACION: (*CAMPOS, *DE_VINCULOS, *DE_VISION),
    Seccion.Clase.VISION: (*CAMPOS, *DE_VINCULOS, *DE_INFORMACION),
}
PALABRAS = dict(Respuesta.Valor.choices) | dict(Informacion.Situacion.choices) | {"on": "Sí"}
DE_UN_PAR = {
    "valor": "Vínculo con ",
    "texto": "",
    "justificacion": "Justificación del vínculo con ",
    "incompatibles": "Aspectos incompatibles con ",
    "sinergias": "Sinergias con ",
}
DE_UN_DATO = {
    "dato": "qué información",
    "situacion": "situación",
    "proveedor_gad": "GAD que la provee",
    "puede_entregar": "puede entregarla",
}
DEL_FORMULARIO = {"csrfmiddlewaretoken", "quedarse", "version"}


def sin_perder(vista):
    """Decorador de las páginas que llenan: si al guardar ya no están, 409 con lo tecleado."""

    @wraps(vista)
    def envuelta(request, pk, codigo):
        try:
            return vista(request, pk, codigo)
        except Http404:
            if request.method != "POST":
                raise
            return _devolver_lo_tecleado(request, pk)

    return envuelta


def de_otra_version(request, parte):
    """409 si lo tecleado no es de esa página del formulario, que era otra; None si lo es."""
    ajenos = [nombre for nombre in request.POST if _es_ajeno(nombre, parte)]
    if not any(request.POST[nombre].strip() for nombre in ajenos):
        return None
    evaluacion = Evaluacion.objects.para_lista().get(pk=request.resolver_match.kwargs["pk"])
    return _responder(request, evaluacion, evaluacion.get_absolute_url(), OTRA_VERSION)


def _es_ajeno(nombre, parte):
    """Si es el campo de una pregunta que la página ya no tiene, o de una hoja que no es."""
    if parte.clase != Seccion.Clase.PREGUNTAS:
        return nombre.startswith(AJENOS_A[parte.clase])
    codigos = {pregunta.codigo for pregunta in parte.preguntas}
    es_de_otra = nombre.startswith(CAMPOS) and nombre[6:] not in codigos
    return es_de_otra or nombre.startswith(DE_HOJAS)


def _devolver_lo_tecleado(request, pk):
    """La sección ya no es de su instrumento, o quien escribe ya no llena en nombre del GAD."""
    llenables = Evaluacion.objects.llenables_por(request.user).para_lista()
    if evaluacion := llenables.filter(pk=pk).first():
        return _responder(request, evaluacion, evaluacion.get_absolute_url(), OTRA_VERSION)
    llenado = get_object_or_404(EnNombre, evaluacion=pk)
    if not llenado.la_lleno(request.user):
        raise Http404
    gad, motivo = llenado.evaluacion.gad, LA_SIGUE_OTRA if llenado.rige else RETOMADA
    return _responder(request, gad.nombre_oficial, gad.get_absolute_url(), motivo)


def _responder(request, objeto, volver, motivo):
    if es_autoguardado(request):
        return JsonResponse({"error": f"{motivo}."}, status=409)
    return responder_conflicto(request, objeto, _tecleado(request), volver, motivo)


def _tecleado(request):
    """(qué campo, "", lo que se escribió), en palabras: ni claves de marcas ni códigos de GAD."""
    escritos = [par for par in request.POST.items() if par[1].strip() and _se_teclea(par[0])]
    posibles = {valor for _, valor in escritos} | {nombre.split("_")[-1] for nombre, _ in escritos}
    gads = Gad.objects.filter(pk__in=[uno for uno in posibles if uno.isdigit()]).para_lista()
    palabras = {gad.pk: gad.nombre_con_lugar for gad in gads} | PALABRAS
    return [
        (_que_es(nombre, palabras), "", palabras.get(valor, valor)) for nombre, valor in escritos
    ]


def _se_teclea(nombre):
    ajenos = nombre in DEL_FORMULARIO or nombre.startswith("version_")
    return not ajenos and not nombre.endswith(("_FORMS", "-ORDER", "-DELETE"))


def _que_es(nombre, palabras):
    """«V1», «Sinergias con Esmeraldas (provincia)» o «Información 2: detalle»."""
    if nombre.startswith("dato-"):
        _, numero, campo = nombre.split("-", 2)
        return f"Información {int(numero) + 1}: {DE_UN_DATO.get(campo, campo)}"
    campo, _, codigo = nombre.partition("_")
    if campo not in DE_UN_PAR:
        return nombre.capitalize()
    return f"{DE_UN_PAR[campo]}{palabras[codigo]}" if codigo in palabras else codigo
