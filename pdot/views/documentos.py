"""Documentos PDF que juntan lo de todas las apps."""

from django.shortcuts import get_object_or_404

from acompanamiento.models import Grupo
from territorios.jurisdiccion import Permiso, exige
from territorios.views.documentos import entregar_pdf

from ..documentos import nombre_de_archivo, sistematizacion_de_grupo


@exige(Permiso.DESCARGAR_INFORMES)
def grupo_pdf(request, pk):
    grupo = get_object_or_404(Grupo.objects.visibles_para(request.user), pk=pk)
    return entregar_pdf(
        request, lambda: sistematizacion_de_grupo(grupo, request.user), nombre_de_archivo(grupo)
    )
