"""Los pasos de una línea programática: consultar, pronunciarse, adoptar y retirar."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto

from ..acciones import (
    ConsultaMovida,
    LineaCerrada,
    LoDijoElGad,
    adoptar_linea,
    poner_en_consulta,
    pronunciarse,
    retirar_linea,
)
from ..forms import AdopcionForm, PronunciamientoForm, RetiroForm, VersionForm
from ..lineas import conteo_de
from ..models import LineaProgramatica, Pronunciamiento
from ..models.linea import gads_que_pronuncia
from .lineas import migas_de_una, traer

Estado = LineaProgramatica.Estado


def _version(linea):
    return {"version": linea.version}


@exige(Permiso.DEFINIR_LINEAS)
@require_http_methods(["GET", "POST"])
def consultar(request, pk):
    linea = traer(LineaProgramatica.objects.editables_por(request.user), pk)
    form = VersionForm(request.POST or None, initial=_version(linea))
    cuantos = linea.gads_consultados().count()
    pagina = {
        "titulo": "Poner en consulta",
        "explicacion": f"La verán {cuantos} GAD cantonales y parroquiales de "
        f"{linea.provincia.nombre}, y podrán validarla u observarla. Ya no vuelve a borrador.",
    }
    return _atender(
        request,
        linea,
        form,
        pagina,
        admite=linea.estado == Estado.BORRADOR,
        accion=partial(poner_en_consulta, linea),
        al_dia=_version,
        hecho="Se puso en consulta",
    )


@exige(Permiso.DEFINIR_LINEAS)
@require_http_methods(["GET", "POST"])
def adoptar(request, pk):
    linea = traer(LineaProgramatica.objects.editables_por(request.user), pk)
    conteo = conteo_de(linea)
    form = AdopcionForm(request.POST or None, initial=_lo_visto(linea), conteo=conteo)
    pagina = {"titulo": "Adoptar la línea", "explicacion": _como_va(conteo)}
    return _atender(
        request,
        linea,
        form,
        pagina,
        admite=linea.esta_en_consulta,
        accion=partial(adoptar_linea, linea, motivo=""),
        al_dia=_lo_visto,
        hecho="Se adoptó",
    )


def _lo_visto(linea):
    return {"version": linea.version, "vistos": conteo_de(linea).huella}


def _como_va(conteo):
    if conteo.todos_validan:
        return "La validaron todos los GAD consultados."
    return (
        f"De {conteo.total} GAD consultados, la validan {conteo.validan}, la observan "
        f"{conteo.observan} y faltan {conteo.faltan}. Para adoptarla así, escriba por qué."
    )


@exige(Permiso.DEFINIR_LINEAS)
@require_http_methods(["GET", "POST"])
def retirar(request, pk):
    linea = traer(LineaProgramatica.objects.editables_por(request.user), pk)
    form = RetiroForm(request.POST or None, initial=_version(linea))
    pagina = {
        "titulo": "Retirar la línea",
        "peligro": True,
        "explicacion": "Deja de estar en consulta o adoptada y no vuelve: si hace falta, se define "
        "otra. Lo escrito y lo que dijo cada GAD se conservan.",
    }
    return _atender(
        request,
        linea,
        form,
        pagina,
        admite=linea.estado != Estado.RETIRADA,
        accion=partial(retirar_linea, linea),
        al_dia=_version,
        hecho="Se retiró",
    )


@exige(Permiso.PRONUNCIARSE)
@require_http_methods(["GET", "POST"])
def pronunciamiento(request, pk, codigo):
    """Un GAD dice lo suyo; la zona transcribe lo que un GAD de ella dijo por oficio."""
    linea = traer(LineaProgramatica.objects.de_las_que_habla(request.user), pk)
    gads = gads_que_pronuncia(request.user) & linea.gads_consultados()
    gad = get_object_or_404(gads.select_related("territorio__padre__padre"), pk=codigo)
    transcribe, dicho = request.user.gad_id is None, _dicho(linea, gad)
    if request.method == "GET" and transcribe and dicho and dicho.es_del_gad:
        messages.warning(request, str(LoDijoElGad(gad)))
        return redirect(linea)
    form = PronunciamientoForm(
        request.POST or None,
        instance=dicho or Pronunciamiento(linea=linea, gad=gad, ronda=linea.ronda),
        initial=_lo_leido(gad, linea),
        transcribe=transcribe,
    )
    pagina = {
        "titulo": f"{'Transcribir lo que dice' if transcribe else 'Pronunciarse por'} {gad.nombre}",
        "boton": "Guardar el pronunciamiento",
        "antetitulo": f"{gad.nombre_con_lugar} ante {linea.provincia.nombre_con_lugar}",
    }
    return _atender(
        request,
        linea,
        form,
        pagina,
        admite=linea.esta_en_consulta,
        accion=partial(_decir, form),
        al_dia=partial(_lo_leido, gad),
        hecho=f"Se guardó lo que dice {gad.nombre_con_lugar} sobre",
    )


def _decir(form, *, por, ronda_leida, version_leida, **_):
    dicho = form.save(commit=False)
    return pronunciarse(dicho, por=por, ronda=ronda_leida, version=version_leida or 0)


def _dicho(linea, gad):
    """Lo que ese GAD dijo del texto de hoy, o None."""
    return linea.pronunciamientos.filter(gad=gad, ronda=linea.ronda).first()


def _lo_leido(gad, linea):
    dicho = _dicho(linea, gad)
    return {"ronda_leida": linea.ronda, "version_leida": dicho.version if dicho else 0}


# --- Lo común -------------------------------------------------------------------------------------


def _atender(request, linea, form, pagina, *, admite, accion, al_dia, hecho):
    """La página de un paso, sus errores (400), lo hecho, o por qué llegó tarde (409).

    `accion` recibe lo tecleado; `al_dia(linea)` da los campos ocultos según la base, para que
    quien llegó tarde pueda leer lo nuevo y repetir sin teclear otra vez.
    """
    if request.method == "GET" and not admite:
        estado = linea.get_estado_display().lower()
        messages.warning(request, f"La línea está {estado}: ese paso ya no corresponde.")
        return redirect(linea)
    if request.method == "GET":
        return _pagina(request, linea, form, pagina)
    if not form.is_valid():
        return _pagina(request, linea, form, pagina, 400)
    try:
        accion(**form.cleaned_data, por=request.user)
    except (LineaCerrada, ConsultaMovida, LoDijoElGad) as motivo:
        form.add_error(None, str(motivo))
    except Conflicto:
        form.add_error(None, "Otra persona guardó mientras usted escribía: revise y repita.")
    else:
        messages.success(request, f"{hecho} la línea {linea.numero}, «{linea.nombre}».")
        return redirect(linea)
    actual = traer(LineaProgramatica.objects.all(), linea.pk)
    form.data = form.data.copy()
    form.data.update(al_dia(actual))
    return _pagina(request, actual, form, pagina, 409)


def _pagina(request, linea, form, pagina, estado=200):
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_una(linea, (pagina["titulo"], None)),
        "antetitulo": f"{linea.provincia.nombre_con_lugar} · {linea.estrategia}",
        "boton": pagina["titulo"],
        "volver": linea.get_absolute_url(),
        "linea": linea,
        "form": form,
    }
    return render(request, "acompanamiento/editar_linea.html", contexto | pagina, status=estado)
