"""Documentos en bloque: pedirlos, ver cómo van, detenerlos, seguir y llevarse el ZIP."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.text import slugify
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from territorios import trabajos
from territorios.descargas import descargar, formato_pedido
from territorios.embebido import asegurar
from territorios.jurisdiccion import Permiso, exige
from territorios.models import Trabajo
from territorios.views.documentos import sitio_de

from ..forms_trabajos import FichasForm
from ..hojas_de_listas import TRABAJOS
from ..trabajo_fichas import pedir_fichas as pedir

POR_PAGINA = 50
# Los errores que se listan; de los demás se dice cuántos hay.
ERRORES_A_LA_VISTA = 20


@exige(Permiso.PEDIR_EN_BLOQUE)
@require_safe
def lista(request):
    visibles = Trabajo.objects.visibles_para(request.user).select_related("pedido_por")
    if formato := formato_pedido(request, TRABAJOS):
        # Una consulta que agrupa no lleva el orden del modelo.
        return descargar(formato, TRABAJOS, visibles.con_avance().order_by("-creado", "-pk"))
    paginas = Paginator(visibles, POR_PAGINA)
    pagina = paginas.get_page(request.GET.get("pagina"))
    avances = Trabajo.objects.filter(pk__in=[uno.pk for uno in pagina]).con_avance()
    por_clave = {uno.pk: uno for uno in avances.order_by()}
    for uno in pagina:
        uno.total, uno.hechas = por_clave[uno.pk].total, por_clave[uno.pk].hechas
    contexto = {
        "lugar": "pdot",
        "pagina_de_pdot": "trabajos",
        "migas": _migas(),
        "pagina": pagina,
        "hoja": TRABAJOS,
    }
    return render(request, "pdot/trabajos.html", contexto)


@exige(Permiso.PEDIR_EN_BLOQUE)
@require_http_methods(["GET", "POST"])
def pedir_fichas(request):
    form = FichasForm(request.POST or None, usuario=request.user, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        trabajo, es_nuevo = pedir(**form.elegido, por=request.user, sitio=sitio_de(request))
        if es_nuevo:
            messages.success(request, f"Se pidió «{trabajo}». Puede cerrar esta página.")
        else:
            messages.info(request, f"«{trabajo}» ya estaba en camino: es este.")
        return redirect(trabajo)
    contexto = {"lugar": "pdot", "migas": _migas(("Pedir fichas", None)), "form": form}
    return render(request, "pdot/pedir_fichas.html", contexto, status=400 if form.errors else 200)


@exige(Permiso.PEDIR_EN_BLOQUE)
def trabajo(request, pk):
    trabajo = _traer(request, pk)
    if trabajo.esta_vivo:
        # Si mataron al trabajador, basta con que alguien mire para que haya otro.
        asegurar()
    return _pagina(request, trabajo)


def _traer(request, pk):
    visibles = Trabajo.objects.visibles_para(request.user).select_related("pedido_por")
    return get_object_or_404(visibles.con_avance(), pk=pk)


def _pagina(request, trabajo, motivo="", estado=200):
    """`motivo`: por qué no se hizo lo que se pidió, con su código."""
    contexto = {
        "lugar": "pdot",
        "migas": _migas((str(trabajo), None)),
        "trabajo": trabajo,
        "adelante": _adelante(trabajo),
        "errores": trabajo.piezas.exclude(error="")[:ERRORES_A_LA_VISTA],
        "es_suyo": trabajo.pedido_por_id == request.user.pk,
        "motivo": motivo,
    }
    respuesta = render(request, "pdot/trabajo.html", contexto, status=estado)
    add_never_cache_headers(respuesta)
    return respuesta


def _adelante(trabajo):
    """Cuántos esperan turno antes que este."""
    if trabajo.estado != Trabajo.Estado.EN_COLA:
        return 0
    return Trabajo.objects.vivos().filter(creado__lt=trabajo.creado).count()


@exige(Permiso.PEDIR_EN_BLOQUE)
@require_http_methods(["GET", "POST"])
def cancelar(request, pk):
    trabajo = _traer(request, pk)
    if request.method == "GET" and trabajo.esta_vivo:
        migas = _migas((str(trabajo), trabajo.get_absolute_url()), ("Cancelar", None))
        contexto = {"lugar": "pdot", "migas": migas, "trabajo": trabajo}
        return render(request, "pdot/cancelar_trabajo.html", contexto)
    return _pasar(request, trabajo, trabajos.cancelar, "Se canceló")


@exige(Permiso.PEDIR_EN_BLOQUE)
@require_POST
def reanudar(request, pk):
    return _pasar(request, _traer(request, pk), trabajos.reanudar, "Se reanudó")


def _pasar(request, trabajo, verbo, hecho):
    if request.method == "POST":
        try:
            verbo(trabajo, por=request.user)
        except trabajos.NoProcede as motivo:
            return _pagina(request, _traer(request, trabajo.pk), str(motivo), 409)
        messages.success(request, f"{hecho} «{trabajo}».")
    return redirect(trabajo)


@exige(Permiso.PEDIR_EN_BLOQUE)
def archivo(request, pk):
    """El ZIP entero, o la página del trabajo con el porqué: 409 si falta, 410 si ya se borró."""
    trabajo = _traer(request, pk)
    if trabajo.vencio:
        return _pagina(request, trabajo, "Ese ZIP ya se borró.", 410)
    if not trabajo.se_puede_descargar:
        return _pagina(request, trabajo, "El ZIP todavía no está: se ofrece entero o nada.", 409)
    try:
        contenido = trabajo.archivo.open("rb")
    except FileNotFoundError:
        return _pagina(request, trabajo, "El ZIP ya no está en el servidor: pídalo otra vez.", 410)
    respuesta = FileResponse(contenido, content_type="application/zip")
    nombre = f"{slugify(trabajo.titulo)}-{trabajo.terminado:%Y-%m-%d}.zip"
    respuesta["Content-Disposition"] = f'attachment; filename="{nombre}"'
    respuesta["X-Content-Type-Options"] = "nosniff"
    # Sin volver a comprimirlo: así lleva su tamaño, y el navegador nota una descarga cortada.
    respuesta["Content-Encoding"] = "identity"
    add_never_cache_headers(respuesta)
    return respuesta


def _migas(*pasos):
    propia = reverse("pdot:trabajos") if pasos else None
    pdot = ("PDOT", reverse("pdot:inicio"))
    return [("Inicio", reverse("inicio")), pdot, ("Documentos en bloque", propia), *pasos]
