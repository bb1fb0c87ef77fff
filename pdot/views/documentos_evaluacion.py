"""Los PDF de una evaluación: lo respondido, y el formulario en papel para reuniones sin señal."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from territorios.jurisdiccion import Permiso, exige
from territorios.models import Gad
from territorios.views.documentos import entregar_documento

from ..documento_evaluacion import evaluacion_en_pdf
from ..documento_formulario import formulario_en_pdf
from ..models import Evaluacion, Instrumento


@exige(Permiso.DESCARGAR_INFORMES)
def evaluacion_pdf(request, pk):
    evaluacion = _traer(request, pk)
    return entregar_documento(request, evaluacion_en_pdf(evaluacion, request.user))


@exige(Permiso.DESCARGAR_INFORMES)
def formulario_de_nivel(request, nivel):
    """El de la versión vigente; con `?gad=` lleva escrito el nombre de un GAD de ese nivel."""
    instrumento = Instrumento.objects.vigente()
    if nivel not in Gad.Nivel.values or instrumento is None:
        raise Http404
    gad = None
    if codigo := request.GET.get("gad"):
        visibles = Gad.objects.visibles_para(request.user).filter(nivel=nivel)
        gad = get_object_or_404(visibles.para_lista(), pk=codigo)
    return entregar_documento(request, formulario_en_pdf(instrumento, nivel, gad=gad))


@exige(Permiso.DESCARGAR_INFORMES)
def formulario_de_evaluacion(request, pk):
    """El de la evaluación, en blanco o, con `?escrito=1`, con lo que ya se respondió.

    A quien no le toca leer lo que se está corrigiendo le sale en blanco.
    """
    evaluacion = _traer(request, pk)
    gad, instrumento = evaluacion.gad, evaluacion.instrumento
    pide_lo_escrito = request.GET.get("escrito")
    escrita = evaluacion if pide_lo_escrito and evaluacion.se_lee_como_esta(request.user) else None
    return entregar_documento(
        request,
        formulario_en_pdf(instrumento, gad.nivel, gad=gad, pdot=evaluacion.pdot, escrita=escrita),
    )


def _traer(request, pk):
    return get_object_or_404(Evaluacion.objects.visibles_para(request.user).con_superiores(), pk=pk)
