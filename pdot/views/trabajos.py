"""Lo que se hace en segundo plano: pedirlo, ver cómo va, detenerlo, seguir y llevárselo."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.http.response import HttpResponseRedirectBase
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
TIPOS = {"zip": "application/zip", "pdf": "application/pdf"}
# Los errores que se listan; de los demás se dice cuántos hay.
ERRORES_A_LA_VISTA = 20
HECHA, AHORA, FALTA = "hecha", "ahora", "falta"


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
        uno.en_zip = trabajos.clase_de(uno).en_zip
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
        return ir_a_lo_pedido(
            request, *pedir(**form.elegido, por=request.user, sitio=sitio_de(request))
        )
    contexto = {"lugar": "pdot", "migas": _migas(("Pedir fichas", None)), "form": form}
    return render(request, "pdot/pedir_fichas.html", contexto, status=400 if form.errors else 200)


class VerOtra(HttpResponseRedirectBase):
    """303: lo enviado ya se atendió; recargar la página que sigue no lo envía otra vez."""

    status_code = 303


def ir_a_lo_pedido(request, trabajo, es_nuevo):
    """A la página del trabajo recién pedido, o del igual que ya estaba en camino."""
    if es_nuevo:
        messages.success(request, f"Se pidió «{trabajo}». Puede cerrar esta página.")
    else:
        messages.info(request, f"«{trabajo}» ya estaba en camino: es este.")
    return VerOtra(trabajo.get_absolute_url())


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
    clase = trabajos.clase_de(trabajo)
    fases = _fases(trabajo, clase)
    contexto = {
        "lugar": "pdot",
        "migas": _migas((str(trabajo), None)),
        "trabajo": trabajo,
        "clase": clase,
        "donde": clase.donde(trabajo),
        "adelante": _adelante(trabajo),
        "sin_trabajador": trabajos.nadie_lo_atiende(trabajo),
        "fases": fases,
        "avance": _avance(trabajo, fases),
        "documento": trabajo.documento,
        "puede_bajarlo": trabajo.se_puede_descargar and clase.alcanza(trabajo, request.user),
        "errores": trabajo.piezas.exclude(error="")[:ERRORES_A_LA_VISTA] if clase.en_zip else [],
        "es_suyo": trabajo.pedido_por_id == request.user.pk,
        "motivo": motivo,
    }
    respuesta = render(request, "pdot/trabajo.html", contexto, status=estado)
    add_never_cache_headers(respuesta)
    return respuesta


def _fases(trabajo, clase):
    """[(nombre, HECHA, AHORA o FALTA, por dónde va)] de la pieza que tarda, en orden."""
    claves = [clave for clave, _ in clase.fases]
    va = claves.index(trabajo.fase) if trabajo.fase in claves else -1
    if trabajo.estado == Trabajo.Estado.LISTO:
        va = len(claves)
    elif trabajo.estado != Trabajo.Estado.EN_MARCHA:
        va = -1
    fases = []
    for lugar, (_, nombre) in enumerate(clase.fases):
        if lugar == va:
            fases.append((nombre, AHORA, _por_donde(trabajo)))
        else:
            fases.append((nombre, HECHA, "hecho") if lugar < va else (nombre, FALTA, "falta"))
    return fases


def _avance(trabajo, fases):
    """Cuánto va, de 100 por fase; dentro de una solo se sabe si se conocen sus pasos."""
    hechas = sum(cuando == HECHA for _, cuando, _ in fases)
    en_una = trabajo.pasos and any(cuando == AHORA for _, cuando, _ in fases)
    return 100 * hechas + (100 * (trabajo.paso - 1) // trabajo.pasos if en_una else 0)


def _por_donde(trabajo):
    if trabajo.pasos:
        return f"{trabajo.paso} de {trabajo.pasos}"
    return f"página {trabajo.paso}" if trabajo.paso else "en curso"


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
        en_zip = trabajos.clase_de(trabajo).en_zip
        contexto = {"lugar": "pdot", "migas": migas, "trabajo": trabajo, "en_zip": en_zip}
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
    """El archivo entero, o la página del trabajo con el porqué: 409 si falta, 410 si se borró.

    Si lo que se entrega es un documento emitido, lleva a él: se guarda y se da como todos.
    """
    trabajo = _traer(request, pk)
    if not trabajos.clase_de(trabajo).alcanza(trabajo, request.user):
        raise Http404
    if trabajo.vencio:
        return _pagina(request, trabajo, "Ese archivo ya se borró.", 410)
    if not trabajo.se_puede_descargar:
        return _pagina(
            request, trabajo, "El archivo todavía no está: se ofrece entero o nada.", 409
        )
    if documento := trabajo.documento:
        return redirect("territorios:documento_pdf", documento.pk)
    try:
        contenido = trabajo.archivo.open("rb")
    except FileNotFoundError:
        return _pagina(
            request, trabajo, "El archivo ya no está en el servidor: pídalo otra vez.", 410
        )
    extension = trabajo.archivo.name.rpartition(".")[2]
    respuesta = FileResponse(contenido, content_type=TIPOS[extension])
    nombre = f"{slugify(trabajo.titulo)}-{trabajo.terminado:%Y-%m-%d}.{extension}"
    respuesta["Content-Disposition"] = f'attachment; filename="{nombre}"'
    respuesta["X-Content-Type-Options"] = "nosniff"
    # Sin volver a comprimirlo: así lleva su tamaño, y el navegador nota una descarga cortada.
    respuesta["Content-Encoding"] = "identity"
    add_never_cache_headers(respuesta)
    return respuesta


def _migas(*pasos):
    propia = reverse("pdot:trabajos") if pasos else None
    pdot = ("PDOT", reverse("pdot:inicio"))
    return [("Inicio", reverse("inicio")), pdot, ("Documentos pedidos", propia), *pasos]
