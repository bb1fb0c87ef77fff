"""Documentos de los encuentros, en PDF; la ayuda memoria, también en DOCX."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from territorios.jurisdiccion import Permiso, exige
from territorios.views.archivos import como_descarga
from territorios.views.documentos import entregar_documento

from ..ayuda_memoria import ayuda_memoria_en_pdf, nombre_de_ayuda_memoria
from ..ayuda_memoria_docx import TIPO_DOCX, ayuda_memoria_en_docx
from ..documentos import agenda_de_taller
from ..documentos_cronograma import DemasiadoLargo, cronograma_de_trabajo
from ..filtros import FiltroDeLista
from ..models import Encuentro
from .cronograma import pagina_de_lista, programa_de


@exige(Permiso.DESCARGAR_INFORMES)
def agenda_pdf(request, pk):
    visibles = Encuentro.objects.visibles_para(request.user).select_related("jornada_de")
    encuentro = get_object_or_404(visibles, pk=pk)
    return entregar_documento(request, agenda_de_taller(encuentro, request.user))


@exige(Permiso.DESCARGAR_INFORMES)
def cronograma_pdf(request, estrategia):
    """Con los filtros de la lista; lo que no se puede hacer se dice en ella."""
    programa, estrategias = programa_de(request, estrategia, FiltroDeLista)
    if not programa.filtro.is_valid():
        return pagina_de_lista(request, programa, estrategias)
    try:
        return entregar_documento(request, cronograma_de_trabajo(programa))
    except DemasiadoLargo as error:
        programa.filtro.add_error("desde", str(error))
        return pagina_de_lista(request, programa, estrategias)


@exige(Permiso.DESCARGAR_INFORMES)
def ayuda_memoria_pdf(request, pk):
    encuentro = _con_memoria(request, pk)
    return entregar_documento(request, ayuda_memoria_en_pdf(encuentro, request.user))


@exige(Permiso.DESCARGAR_INFORMES)
def ayuda_memoria_docx(request, pk):
    """La misma, para quien tiene que editarla."""
    encuentro = _con_memoria(request, pk)
    contenido = ayuda_memoria_en_docx(encuentro, request.user)
    respuesta = HttpResponse(contenido, content_type=TIPO_DOCX)
    return como_descarga(respuesta, nombre_de_ayuda_memoria(encuentro, "docx"))


def _con_memoria(request, pk):
    """El encuentro, si lo ve y no se canceló: de lo que no ocurrió no hay memoria."""
    visibles = Encuentro.objects.visibles_para(request.user)
    vivos = visibles.exclude(estado=Encuentro.Estado.CANCELADO)
    relacionados = ("estrategia", "canton__padre", "gad__territorio__padre", "autoridad")
    return get_object_or_404(vivos.select_related("jornada_de", *relacionados), pk=pk)
