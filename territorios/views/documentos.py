"""Entregar documentos: emitir el que se pide, y volver a dar los que ya salieron."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from ..descargas import descargar, formato_pedido
from ..documentos import SinPango
from ..emision import ArchivoPerdido, emitir, leer
from ..filtros import FiltroDocumentos
from ..hojas import hoja_de_documentos
from ..jurisdiccion import Permiso, exige
from ..models import DocumentoEmitido
from .archivos import como_descarga, sin_guardar

POR_PAGINA = 50


def entregar_documento(request, pliego):
    """Emite el documento y lo da a descargar.

    Responde 503 si al servidor le falta Pango, con la orden que lo instala, o si el que ya se
    emitió no está en el disco: nunca se hace otro en su lugar.
    """
    try:
        hoja = emitir(pliego, por=request.user, sitio=sitio_de(request))
    except SinPango as falta:
        return sin_pango(request, falta)
    except ArchivoPerdido as perdido:
        return archivo_perdido(request, perdido)
    return _descarga(hoja.contenido, pliego.nombre)


def sitio_de(request):
    """Desde dónde se entra: «https://…», sin la última barra."""
    return request.build_absolute_uri("/").rstrip("/")


def sin_pango(request, falta):
    return sin_guardar(render(request, "errores/503.html", {"falta": falta}, status=503))


def archivo_perdido(request, perdido):
    contexto = {"documento": perdido.documento, "falta": perdido}
    return sin_guardar(render(request, "errores/documento_perdido.html", contexto, status=503))


def _descarga(contenido, nombre):
    return como_descarga(HttpResponse(contenido, content_type="application/pdf"), nombre)


# --- Los que ya salieron ------------------------------------------------------------------------


@exige(Permiso.DESCARGAR_INFORMES)
@require_safe
def documentos(request):
    """Los de su oficina, el último primero. Se avanza por clave: la última página cuesta igual."""
    visibles = DocumentoEmitido.objects.visibles_para(request.user).emitidos()
    filtro = FiltroDocumentos(request.GET, visibles=visibles)
    contexto = {"lugar": "territorio", "migas": _migas(), "filtro": filtro}
    if not filtro.is_valid():
        return render(request, "territorios/documentos.html", contexto, status=400)
    hallados = filtro.filtrar(visibles)
    ve_quien = request.user.puede(Permiso.VER_BITACORA)
    hoja = hoja_de_documentos(ve_quien)
    if formato := formato_pedido(request, hoja):
        return descargar(formato, hoja, hallados.select_related("emitido_por"))
    desde = hallados.filter(pk__lt=filtro.antes) if filtro.antes else hallados
    filas = list(desde.select_related("emitido_por")[: POR_PAGINA + 1])
    contexto |= {
        "filas": filas[:POR_PAGINA],
        "total": hallados.count(),
        "siguiente": filas[POR_PAGINA - 1].pk if len(filas) > POR_PAGINA else None,
        "ve_quien": ve_quien,
        "hoja": hoja,
        "varias_oficinas": len(filtro.fields["oficina"].choices) > 2,
    }
    return render(request, "territorios/documentos.html", contexto)


@exige(Permiso.DESCARGAR_INFORMES)
def documento_pdf(request, pk):
    """El archivo guardado, tal como salió."""
    visibles = DocumentoEmitido.objects.visibles_para(request.user).emitidos()
    documento = get_object_or_404(visibles.filter(conserva=True), pk=pk)
    try:
        return _descarga(leer(documento), documento.nombre)
    except ArchivoPerdido as perdido:
        return archivo_perdido(request, perdido)


def _migas():
    return [
        ("Inicio", reverse("inicio")),
        ("Territorio", reverse("territorios:inicio")),
        ("Documentos emitidos", None),
    ]
