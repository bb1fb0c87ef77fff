"""Documentos PDF de los encuentros."""

from django.shortcuts import get_object_or_404

from territorios.jurisdiccion import Permiso, exige
from territorios.views.documentos import entregar_pdf

from ..documentos import agenda_de_taller, nombre_de_archivo
from ..documentos_cronograma import DemasiadoLargo, cronograma_de_trabajo, nombre_del_cronograma
from ..filtros import FiltroDeLista
from ..models import Encuentro
from .cronograma import pagina_de_lista, programa_de


@exige(Permiso.DESCARGAR_INFORMES)
def agenda_pdf(request, pk):
    visibles = Encuentro.objects.visibles_para(request.user).select_related("jornada_de")
    encuentro = get_object_or_404(visibles, pk=pk)
    return entregar_pdf(
        request,
        lambda: agenda_de_taller(encuentro, request.user),
        nombre_de_archivo(encuentro, request.user),
    )


@exige(Permiso.DESCARGAR_INFORMES)
def cronograma_pdf(request, estrategia):
    """Con los filtros de la lista; lo que no se puede hacer se dice en ella."""
    programa = programa_de(request, estrategia, FiltroDeLista)
    if not programa.filtro.is_valid():
        return pagina_de_lista(request, programa)
    try:
        return entregar_pdf(
            request, lambda: cronograma_de_trabajo(programa), nombre_del_cronograma(programa)
        )
    except DemasiadoLargo as error:
        programa.filtro.add_error("desde", str(error))
        return pagina_de_lista(request, programa)
