"""Documentos PDF que juntan lo de todas las apps."""

from django.http import Http404
from django.shortcuts import get_object_or_404

from acompanamiento.models import Grupo
from territorios.jurisdiccion import Permiso, exige
from territorios.views.documentos import entregar_documento

from .. import documentos_ficha
from ..documentos import sistematizacion_de_grupo
from ..ficha import familia_de


@exige(Permiso.DESCARGAR_INFORMES)
def grupo_pdf(request, pk):
    grupo = get_object_or_404(Grupo.objects.visibles_para(request.user), pk=pk)
    return entregar_documento(request, sistematizacion_de_grupo(grupo, request.user))


@exige(Permiso.DESCARGAR_INFORMES)
def gad_pdf(request, codigo):
    """La Ficha del GAD, con lo que ve quien la pide."""
    familia = familia_de(codigo, request.user)
    if familia is None:
        raise Http404
    return entregar_documento(request, documentos_ficha.pliego_de_ficha(familia, request.user))
