"""El proceso de actualización: quién va en qué, la línea de un GAD y anotar un hito."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from territorios.bitacora import cambios_de
from territorios.descargas import descargar, formato_pedido
from territorios.documentos import nombre_de_pdf
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.subidas import es_excesiva
from territorios.versiones import Conflicto
from territorios.views.archivos import entregar_archivo
from territorios.views.conflictos import responder_conflicto

from ..acciones_proceso import anotar_hito, quitar_hito
from ..forms_proceso import NINGUNO, CumplimientoProcesoForm, FiltroProceso
from ..hojas_de_listas import hoja_de_proceso
from ..models import CumplimientoProceso, HitoProceso, escribe_por, gads_a_cargo_de, gads_a_la_vista
from ..proceso import contar, filtrar, leer_proceso, linea_de_hitos, segun_hito
from ..subir_pdf import EXCESIVO
from .planes import migas_de_gad

POR_PAGINA = 50


@exige(Permiso.VER_TERRITORIO)
def proceso(request):
    """Cada GAD a la vista frente a cada hito vigente, con conteos por zona o por grupo."""
    leido = leer_proceso(request.user)
    filtro = FiltroProceso(request.GET, proceso=leido)
    contexto = {
        "lugar": "pdot",
        "pagina_de_pdot": "proceso",
        "migas": [
            ("Inicio", reverse("inicio")),
            ("PDOT", reverse("pdot:inicio")),
            ("Proceso de actualización", None),
        ],
        "filtro": filtro,
        "hitos": leido.hitos,
        "hay_gads": bool(leido.avances),
    }
    if not filtro.is_valid():
        return render(request, "pdot/proceso.html", contexto, status=400)
    pedido = filtro.cleaned_data
    contados, elegidos = _elegidos(leido, pedido)
    hoja = hoja_de_proceso(leido.hitos)
    if formato := formato_pedido(request, hoja):
        return descargar(formato, hoja, elegidos)
    renglones = contar(contados, leido, por=pedido.get("por", ""), grupo=pedido["grupo"])
    contexto |= {
        "es_por_grupo": "grupo" in renglones[0].acota if renglones else False,
        "renglones": [
            (renglon, filtro.enlace(**renglon.acota, hito=""), _enlaces(renglon, leido, filtro))
            for renglon in renglones
        ],
        "hoja": hoja,
        "cuantos": len(contados),
        "empezaron": sum(1 for avance in contados if avance.fechas),
        "pagina": Paginator(elegidos, POR_PAGINA).get_page(request.GET.get("pagina")),
    }
    return render(request, "pdot/proceso.html", contexto)


def _elegidos(leido, pedido):
    """(los del lugar y el grupo, los que además cumplen el filtro de hito)."""
    lugar = {campo: pedido[campo] for campo in ("zona", "provincia", "nivel", "grupo")}
    contados = filtrar(leido.avances, **lugar)
    if not pedido["hito"]:
        return contados, contados
    if pedido["hito"] == NINGUNO:
        return contados, segun_hito(contados, None, False)
    como, _, clave = pedido["hito"].partition("-")
    hito = next(hito for hito in leido.hitos if hito.clave == clave)
    return contados, segun_hito(contados, hito, como == "si")


def _enlaces(renglon, leido, filtro):
    """[(cuántos, enlace a ellos)] por hito."""
    return [
        (cuantos, filtro.enlace(**renglon.acota, hito=f"si-{hito.clave}") + "#lista")
        for hito, cuantos in zip(leido.hitos, renglon.por_hito, strict=True)
    ]


# --- Un GAD -------------------------------------------------------------------------------------


@exige(Permiso.VER_TERRITORIO)
def linea(request, codigo):
    """La línea de hitos de un GAD de la jurisdicción de quien mira."""
    gad = _gad(gads_a_la_vista(request.user), codigo)
    contexto = {
        "lugar": "pdot",
        "pagina_de_gad": "proceso",
        "migas": migas_de_gad(gad, ("Proceso de actualización", None)),
        "gad": gad,
        "sigue_su_proceso": True,
        "linea": linea_de_hitos(gad, request.user),
        "anota": escribe_por(request.user, gad),
        "ve_autores": request.user.puede(Permiso.VER_BITACORA),
        "bitacora": cambios_de(
            request.user,
            CumplimientoProceso.historia.filter(gad=gad.pk).select_related("hito"),
            nombrar=lambda fila: f"el hito «{fila.hito}»",
        ),
    }
    return render(request, "pdot/linea_de_hitos.html", contexto)


@exige(Permiso.EDITAR_PLANES)
@require_http_methods(["GET", "POST"])
def anotar(request, codigo, clave):
    gad, hito = _gad_y_hito(request, codigo, clave)
    actual = CumplimientoProceso.objects.filter(hito=hito, gad=gad).first()
    # Versión 0: quien la leyó vio que todavía no estaba anotado.
    nuevo = CumplimientoProceso(hito=hito, gad=gad, version=0)
    datos = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = CumplimientoProcesoForm(*datos, instance=actual or nuevo)
    contexto = {
        "lugar": "pdot",
        "migas": migas_de_gad(gad, _paso_linea(gad), (hito.corto, None)),
        "gad": gad,
        "hito": hito,
        "actual": actual,
        "form": form,
    }
    estado = 200 if request.method == "GET" else _fallo(request, form)
    if estado:
        return render(request, "pdot/anotar_hito.html", contexto, status=estado)
    version, pdf = form.cleaned_data["version_leida"] or 0, form.cleaned_data["pdf"]
    try:
        anotar_hito(form.instance, archivo=pdf, por=request.user, version=version)
    except Conflicto as conflicto:
        diferencias = form.conflictos_con(conflicto.actual)
        volver = reverse("pdot:linea_de_hitos", args=[gad.pk])
        return responder_conflicto(request, conflicto.actual, diferencias, volver)
    messages.success(request, f"Se anotó que {gad.nombre} cumplió «{hito}».")
    return redirect("pdot:linea_de_hitos", gad.pk)


def _fallo(request, form):
    """El código con que se vuelve a mostrar el formulario, o None si todo está bien."""
    valido = form.is_valid()
    if es_excesiva(request):
        form.errors["pdf"] = form.error_class([EXCESIVO])
        return 413
    return None if valido else 400


@exige(Permiso.EDITAR_PLANES)
@require_POST
def quitar(request, codigo, clave):
    """Deshace lo anotado por error; la historia lo conserva."""
    gad, hito = _gad_y_hito(request, codigo, clave)
    actual = get_object_or_404(CumplimientoProceso, hito=hito, gad=gad)
    try:
        quitar_hito(actual, por=request.user, version=entero_de(request.POST.get("version")))
    except Conflicto as conflicto:
        volver = reverse("pdot:linea_de_hitos", args=[gad.pk])
        return responder_conflicto(request, conflicto.actual, [], volver)
    messages.success(request, f"Se quitó lo anotado de {gad.nombre} en «{hito}».")
    return redirect("pdot:linea_de_hitos", gad.pk)


@exige(Permiso.VER_TERRITORIO)
def archivo(request, codigo, clave):
    visibles = CumplimientoProceso.objects.visibles_para(request.user)
    hecho = get_object_or_404(
        visibles.select_related("gad__territorio"), gad=codigo, hito__clave=clave
    )
    return entregar_archivo(hecho.archivo, nombre_de_pdf(hecho.gad.nombre, clave))


# --- Común --------------------------------------------------------------------------------------


def _gad(gads, codigo):
    return get_object_or_404(gads.para_lista(), pk=codigo)


def _gad_y_hito(request, codigo, clave):
    gad = _gad(gads_a_cargo_de(request.user), codigo)
    return gad, get_object_or_404(HitoProceso.objects.para_gad(gad), clave=clave)


def _paso_linea(gad):
    return "Proceso de actualización", reverse("pdot:linea_de_hitos", args=[gad.pk])
