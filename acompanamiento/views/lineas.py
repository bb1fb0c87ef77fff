"""Líneas programáticas: por provincia, ficha, definir y editar."""

from django.contrib import messages
from django.db.models import Count, Exists, OuterRef
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from territorios.bitacora import cambios_de
from territorios.descargas import descargar, formato_pedido
from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones import LineaCerrada, YaExiste, definir_linea, editar_linea
from ..forms import LineaForm
from ..hojas import CONSULTA, LINEAS, LINEAS_DE_PROVINCIA
from ..lineas import consulta_de, contar
from ..models import ElementoEstrategia, Estrategia, LineaProgramatica, Pronunciamiento
from ..models.linea import provincias_a_la_vista, provincias_que_define

Estado = LineaProgramatica.Estado


def migas_de_lineas(estrategia, *pasos):
    lista = reverse("acompanamiento:lineas", args=[estrategia.codigo]) if pasos else None
    return [
        ("Inicio", reverse("inicio")),
        ("Acompañamiento", reverse("acompanamiento:inicio")),
        (estrategia.nombre, estrategia.get_absolute_url()),
        ("Líneas programáticas", lista),
        *pasos,
    ]


def migas_de_una(linea, *pasos):
    ficha = linea.get_absolute_url() if pasos else None
    provincia = (linea.provincia.nombre, _lista(linea.estrategia, linea.provincia_id))
    return migas_de_lineas(linea.estrategia, provincia, (f"Línea {linea.numero}", ficha), *pasos)


def _lista(estrategia, provincia):
    return reverse("acompanamiento:lineas_de_provincia", args=[estrategia.codigo, provincia])


def _estrategia(request, codigo):
    return get_object_or_404(Estrategia.objects.visibles_para(request.user), codigo=codigo)


def traer(lineas, pk):
    return get_object_or_404(
        lineas.select_related("estrategia", "eje", "provincia__territorio"), pk=pk
    )


# --- Listas ---------------------------------------------------------------------------------------


@exige(Permiso.VER_ACOMPANAMIENTO)
def provincias(request, codigo):
    """Las provincias de la jurisdicción y cuántas líneas tiene cada una; si es una, la abre."""
    estrategia = _estrategia(request, codigo)
    gads = list(provincias_a_la_vista(request.user).vigentes().select_related("territorio"))
    if len(gads) == 1:
        return redirect(_lista(estrategia, gads[0].pk))
    cuentas = _cuentas(request.user, estrategia)
    filas = [
        (gad, _lista(estrategia, gad.pk), [(e.label, cuentas.get((gad.pk, e), 0)) for e in Estado])
        for gad in gads
    ]
    if formato := formato_pedido(request, LINEAS):
        return descargar(formato, LINEAS, filas)
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_lineas(estrategia),
        "estrategia": estrategia,
        "estados": Estado.labels,
        "filas": filas,
        "hoja": LINEAS,
        "total": sum(cuentas.values()),
    }
    return render(request, "acompanamiento/lineas.html", contexto)


def _cuentas(usuario, estrategia):
    """{(provincia, estado): cuántas ve}."""
    visibles = LineaProgramatica.objects.visibles_para(usuario).filter(estrategia=estrategia)
    filas = visibles.order_by().values_list("provincia", "estado").annotate(n=Count("pk"))
    return {(provincia, estado): n for provincia, estado, n in filas}


@exige(Permiso.VER_ACOMPANAMIENTO)
def de_provincia(request, codigo, provincia):
    """Las líneas de una provincia por eje, con cuántos GAD validan, observan o faltan."""
    usuario, estrategia = request.user, _estrategia(request, codigo)
    define = Exists(provincias_que_define(usuario).filter(pk=OuterRef("pk")))
    gads = provincias_a_la_vista(usuario).select_related("territorio").annotate(define=define)
    gad = get_object_or_404(gads, pk=provincia)
    visibles = LineaProgramatica.objects.visibles_para(usuario).con_lo_suyo(usuario)
    de_aqui = visibles.filter(estrategia=estrategia, provincia=gad).order_by("numero")
    lineas = contar(gad, de_aqui.select_related("eje"))
    if formato := formato_pedido(request, LINEAS_DE_PROVINCIA):
        return descargar(formato, LINEAS_DE_PROVINCIA, lineas)
    ejes = list(_ejes(estrategia))
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_lineas(estrategia, (gad.nombre, None)),
        "estrategia": estrategia,
        "gad": gad,
        "cuantas": len(lineas),
        "hoja": LINEAS_DE_PROVINCIA,
        "esperan": sum(linea.la_espera for linea in lineas),
        "ejes": [(eje, [linea for linea in lineas if linea.eje_id == eje.pk]) for eje in ejes],
    }
    return render(request, "acompanamiento/lineas_de_provincia.html", contexto)


def _ejes(estrategia):
    de_la_estrategia = estrategia.elementos.filter(tipo=ElementoEstrategia.Tipo.EJE_ESTRATEGICO)
    return de_la_estrategia.order_by("orden")


# --- Ficha ----------------------------------------------------------------------------------------


@exige(Permiso.VER_ACOMPANAMIENTO)
def linea(request, pk):
    usuario = request.user
    linea = traer(LineaProgramatica.objects.visibles_para(usuario).con_lo_suyo(usuario), pk)
    consulta = consulta_de(linea, usuario)
    if linea.ronda and (formato := formato_pedido(request, CONSULTA)):
        return descargar(formato, CONSULTA, consulta.renglones)
    nombres = {renglon.gad.pk: renglon.gad.nombre_con_lugar for renglon in consulta.renglones}
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_una(linea),
        "linea": linea,
        "consulta": consulta,
        "hoja": CONSULTA,
        "texto_anterior": linea.texto_anterior() if consulta.anteriores else "",
        "propio": consulta.propios[0] if len(consulta.propios) == 1 else None,
        "bitacora": cambios_de(
            usuario,
            linea.historia.all(),
            hijas=[Pronunciamiento.historia.filter(linea=linea.pk)],
            nombrar=lambda fila: _nombrar(fila, nombres),
        ),
    }
    return render(request, "acompanamiento/linea.html", contexto)


def _nombrar(fila, nombres):
    if fila.instance_type is Pronunciamiento:
        return f"lo que dice {nombres.get(fila.gad_id, fila.gad_id)}"
    return "la línea"


# --- Definir y editar -----------------------------------------------------------------------------


@exige(Permiso.DEFINIR_LINEAS)
@require_http_methods(["GET", "POST"])
def crear(request, codigo, provincia):
    estrategia = _estrategia(request, codigo)
    gads = provincias_que_define(request.user).select_related("territorio")
    gad = get_object_or_404(gads, pk=provincia)
    nueva = LineaProgramatica(estrategia=estrategia, provincia=gad)
    form = LineaForm(request.POST or None, instance=nueva)
    estado = 400 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            linea = definir_linea(form.save(commit=False), por=request.user)
        except YaExiste as error:
            form.add_error(None, _ya_existe(error.existente))
            estado = 409
        else:
            hecho = f"Se definió la {_en_frase(linea)} de {gad.nombre}, en borrador."
            messages.success(request, hecho)
            return redirect(linea)
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_lineas(
            estrategia, (gad.nombre, _lista(estrategia, gad.pk)), ("Definir una línea", None)
        ),
        "antetitulo": f"{gad.nombre_con_lugar} · {estrategia}",
        "titulo": "Definir una línea programática",
        "explicacion": "Queda en borrador, a la vista de la provincia, su zona y la oficina "
        "central, hasta que la ponga en consulta.",
        "boton": "Guardar el borrador",
        "volver": _lista(estrategia, gad.pk),
        "form": form,
    }
    return render(request, "acompanamiento/editar_linea.html", contexto, status=estado)


def _ya_existe(linea):
    return format_html(
        'Ya hay una línea con ese nombre en ese eje: <a href="{}">{}</a>. Si esta es otra, '
        "nómbrela distinto.",
        linea.get_absolute_url(),
        linea,
    )


@exige(Permiso.DEFINIR_LINEAS)
@require_http_methods(["GET", "POST"])
def editar(request, pk):
    linea = traer(LineaProgramatica.objects.editables_por(request.user), pk)
    if request.method == "GET" and not linea.se_edita:
        messages.warning(
            request, f"La línea está {linea.get_estado_display().lower()}: no se edita."
        )
        return redirect(linea)
    en_consulta = linea.esta_en_consulta
    form = LineaForm(request.POST or None, instance=linea)
    if request.method == "POST" and form.is_valid():
        return _guardar(request, form)
    explicacion = "Está en consulta: si cambia el eje, el nombre o el texto, se vuelve a consultar "
    explicacion += "a todos los GAD. Lo que ya dijeron se conserva, como dicho del texto anterior."
    contexto = {
        "lugar": "acompanamiento",
        "migas": migas_de_una(linea, ("Editar", None)),
        "antetitulo": f"{linea.provincia.nombre_con_lugar} · {linea.estrategia}",
        "titulo": f"Editar la línea {linea.numero}",
        "explicacion": explicacion if en_consulta else "",
        "boton": "Guardar",
        "volver": linea.get_absolute_url(),
        "form": form,
    }
    estado = 400 if request.method == "POST" else 200
    return render(request, "acompanamiento/editar_linea.html", contexto, status=estado)


def _guardar(request, form):
    version, motivo = form.cleaned_data["version_leida"] or 0, ""
    linea = form.save(commit=False)
    try:
        editar_linea(linea, por=request.user, version=version)
    except Conflicto as conflicto:
        actual = conflicto.actual
    except LineaCerrada as cerrada:
        actual, motivo = LineaProgramatica.objects.get(pk=linea.pk), str(cerrada)
    else:
        messages.success(request, f"Se guardó la {_en_frase(linea)}.")
        return redirect(linea)
    diferencias = form.conflictos_con(actual)
    return responder_conflicto(request, actual, diferencias, actual.get_absolute_url(), motivo)


def _en_frase(linea):
    return f"línea {linea.numero}, «{linea.nombre}»"
