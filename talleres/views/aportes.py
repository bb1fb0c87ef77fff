"""Los aportes de un encuentro: el tablero, lo que cambió en él y lo que se hace con sus tarjetas.

El tablero dice también qué nació de cada tarjeta. Eso se ve desde más arriba: quien monta las
páginas pasa `nacidos`, una función que da {tarjeta: [(qué, dirección)]}.
"""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.views.decorators.http import require_http_methods, require_POST

from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto

from ..acciones import NoProcede
from ..aportes import (
    agrupar_aportes,
    anotar_aporte,
    corregir_aporte,
    desagrupar_aportes,
    mover_aporte,
    reponer_aporte,
    retirar_aporte,
    titular_cumulo,
)
from ..forms import VersionForm
from ..forms_aportes import (
    AgruparForm,
    AporteForm,
    CumuloForm,
    MoverForm,
    RetiroForm,
    temario_de,
)
from ..models import Aporte, CumuloAportes, Encuentro, Evidencia, con_serie
from ..tablero import cambios_desde, secciones_de
from .encuentro import migas_de

RECORDADOS = ("donde", "mesa", "gad", "foto")


def pide_json(request):
    return "application/json" in request.headers.get("Accept", "")


def _visible(request, pk):
    visibles = Encuentro.objects.visibles_para(request.user).select_related("estrategia")
    return get_object_or_404(con_serie(visibles), pk=pk)


def _editable(request, pk):
    editables = Encuentro.objects.editables_por(request.user).select_related("estrategia")
    return get_object_or_404(editables, pk=pk)


def _tarjeta(request, pk):
    editables = Aporte.objects.editables_por(request.user)
    return get_object_or_404(
        editables.select_related("encuentro__estrategia", "gad", "foto"), pk=pk
    )


def _tablero(encuentro, donde=None):
    direccion = reverse("talleres:aportes", args=[encuentro.pk])
    recordado = {campo: valor for campo, valor in (donde or {}).items() if valor}
    return f"{direccion}?{urlencode(recordado)}#nueva" if recordado else direccion


def _contexto(encuentro, *pasos):
    aportes = reverse("talleres:aportes", args=[encuentro.pk]) if pasos else None
    migas = migas_de(encuentro, ("Aportes", aportes), *pasos)
    return {"lugar": "talleres", "migas": migas, "encuentro": encuentro}


def _rasgos(usuario):
    """Lo que decide cómo se pinta una tarjeta, igual en la página y en los cambios."""
    return {
        "puede_editar": usuario.puede(Permiso.EDITAR_ACOMPANAMIENTO),
        "ve_autor": usuario.puede(Permiso.VER_BITACORA),
    }


# --- El tablero y sus cambios -------------------------------------------------------------------


def pagina_de_aportes(request, pk, nacidos):
    encuentro = _visible(request, pk)
    rasgos = _rasgos(request.user)
    fotos = list(_fotos(encuentro, request.user))
    foto = _elegida(fotos, request.GET.get("foto"))
    todas = [
        t for t in encuentro.aportes.para_tablero(request.user) if not foto or t.foto_id == foto.pk
    ]
    tarjetas = [tarjeta for tarjeta in todas if not tarjeta.retirado]
    _poner_nacidos(tarjetas, nacidos, request.user)
    temario = temario_de(encuentro)
    contexto = (
        _contexto(encuentro)
        | rasgos
        | {
            "secciones": secciones_de(*temario, tarjetas),
            "cuantas": len(tarjetas),
            "fotos": fotos,
            "foto": foto,
            "retiradas": [t for t in todas if t.retirado] if rasgos["puede_editar"] else [],
            "cumulos": sorted({t.cumulo for t in tarjetas if t.cumulo}, key=lambda c: c.titulo),
        }
    )
    if rasgos["puede_editar"] and encuentro.estado != Encuentro.Estado.CANCELADO:
        recordado = {campo: request.GET.get(campo, "") for campo in RECORDADOS}
        contexto["form"] = _nueva(encuentro, initial=recordado, temario=temario, fotos=fotos)
    return render(request, "talleres/aportes.html", contexto)


def _fotos(encuentro, usuario):
    visibles = Evidencia.objects.visibles_para(usuario).vigentes().fotos()
    return visibles.filter(encuentro=encuentro)


def _elegida(fotos, pedida):
    """La foto que se transcribe; None si no se pidió ninguna. 404 si no está entre las que ve."""
    if not pedida:
        return None
    elegida = next((foto for foto in fotos if str(foto.pk) == pedida), None)
    if elegida is None:
        raise Http404
    return elegida


def _nueva(encuentro, datos=None, initial=None, **ya_traido):
    initial = {"clave_envio": uuid4()} | (initial or {})
    return AporteForm(datos, instance=Aporte(), encuentro=encuentro, initial=initial, **ya_traido)


def _poner_nacidos(tarjetas, nacidos, usuario):
    de_cada_una = nacidos(tarjetas, usuario)
    for tarjeta in tarjetas:
        tarjeta.nacidos = de_cada_una.get(tarjeta.pk, [])


def cambios_de_aportes(request, pk, nacidos):
    """Lo que cambió en el tablero después de `?desde=`; 304 si quien pide ya lo tiene todo.

    Sin ese número, o con uno malo, va todo.
    """
    encuentro = _visible(request, pk)
    etiqueta = f'"{encuentro.pk}-{encuentro.serie}"'
    sin_cambios = get_conditional_response(request, etag=etiqueta)
    if sin_cambios:
        return sin_cambios
    tarjetas, cumulos = cambios_desde(encuentro, entero_de(request.GET.get("desde")), request.user)
    _poner_nacidos(tarjetas, nacidos, request.user)
    rasgos = _rasgos(request.user)
    datos = {
        "serie": encuentro.serie,
        "tarjetas": [_como_datos(tarjeta, rasgos) for tarjeta in tarjetas],
        "cumulos": [{"pk": cumulo.pk, "titulo": cumulo.titulo} for cumulo in cumulos],
    }
    return JsonResponse(datos, headers={"ETag": etiqueta, "Cache-Control": "private, no-cache"})


def _como_datos(tarjeta, rasgos):
    """De una retirada solo se dice que ya no está."""
    if tarjeta.retirado:
        return {"pk": tarjeta.pk, "retirada": True}
    return {
        "pk": tarjeta.pk,
        "retirada": False,
        "version": tarjeta.version,
        "seccion": tarjeta.seccion,
        "cumulo": tarjeta.cumulo_id,
        "titulo": tarjeta.cumulo.titulo if tarjeta.cumulo else "",
        "orden": tarjeta.orden,
        "foto": tarjeta.foto_id,
        "html": render_to_string("talleres/_aporte.html", rasgos | {"tarjeta": tarjeta}),
    }


# --- Anotar y corregir --------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def anotar(request, pk):
    """Agrega una tarjeta. Con `Accept: application/json` responde en JSON: 201, 200, 400 o 409."""
    encuentro = _editable(request, pk)
    if request.method == "GET":
        return _pagina_de_anotar(request, encuentro, _nueva(encuentro))
    form = _nueva(encuentro, request.POST)
    if not form.is_valid():
        return _sin_anotar(request, encuentro, form, 400)
    try:
        tarjeta, ya_estaba = anotar_aporte(form.instance, por=request.user)
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
        return _sin_anotar(request, encuentro, form, 409)
    except ValidationError:
        # La pregunta o el punto se quitaron mientras se tecleaba.
        form.add_error("donde", "Esa pregunta o ese punto ya no es de este encuentro.")
        return _sin_anotar(request, encuentro, form, 400)
    if pide_json(request):
        datos = {"pk": tarjeta.pk, "version": tarjeta.version, "ya_estaba": ya_estaba}
        return JsonResponse(datos, status=200 if ya_estaba else 201)
    texto = Truncator(tarjeta.texto).chars(60)
    dicho = "ya estaba en el tablero" if ya_estaba else "se agregó al tablero"
    messages.success(request, f"«{texto}» {dicho}.")
    return redirect(_tablero(encuentro, {campo: request.POST.get(campo) for campo in RECORDADOS}))


def _sin_anotar(request, encuentro, form, estado):
    if not pide_json(request):
        return _pagina_de_anotar(request, encuentro, form, estado)
    if estado == 409:
        mensaje = " ".join(form.non_field_errors())
        return JsonResponse({"mensaje": mensaje, "actual": {}}, status=409)
    errores = {campo: list(mensajes) for campo, mensajes in form.errors.items()}
    return JsonResponse({"errores": errores}, status=400)


def _pagina_de_anotar(request, encuentro, form, estado=200):
    contexto = _contexto(encuentro, ("Agregar una tarjeta", None)) | {"form": form}
    return render(request, "talleres/editar_aporte.html", contexto, status=estado)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def corregir(request, pk):
    """Si otra persona la corrigió antes, 409: lo tecleado sigue, con lo guardado al lado."""
    tarjeta = _tarjeta(request, pk)
    encuentro = tarjeta.encuentro
    form = AporteForm(request.POST or None, instance=tarjeta, encuentro=encuentro)
    if request.method == "GET":
        return _pagina_de_corregir(request, tarjeta, form)
    if not form.is_valid():
        return _sin_corregir(request, tarjeta, form, 400)
    try:
        version = form.cleaned_data["version_leida"] or 0
        corregida = corregir_aporte(form.instance, por=request.user, version=version)
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
        return _sin_corregir(request, tarjeta, form, 409)
    except Conflicto as conflicto:
        return _repetir(request, conflicto.actual, form)
    if pide_json(request):
        datos = {"pk": corregida.pk, "version": corregida.version, "ya_estaba": False}
        return JsonResponse(datos)
    messages.success(request, f"Se corrigió «{Truncator(tarjeta.texto).chars(60)}».")
    return redirect(f"{_tablero(encuentro)}#t{tarjeta.pk}")


def _repetir(request, actual, form):
    """El formulario vuelve con lo tecleado y la versión de ahora, para guardar otra vez."""
    distintos = form.conflictos_con(actual)
    if pide_json(request):
        return _conflicto_en_datos(actual, distintos)
    _con_version(form, "version_leida", actual)
    return _pagina_de_corregir(request, actual, form, 409, distintos)


def _con_version(form, campo, actual):
    """Lo tecleado sigue, con la versión que ya se ha leído: el próximo guardado vale."""
    form.data = form.data.copy()
    form.data[campo] = actual.version


def _conflicto_en_datos(actual, distintos):
    """Si lo guardado dice ya lo mismo, es el envío de antes que vuelve: no hay qué decidir."""
    if not distintos and not actual.retirado:
        return JsonResponse({"pk": actual.pk, "version": actual.version, "ya_estaba": True})
    escrito = {"donde": actual.seccion, "mesa": actual.mesa, "gad": actual.gad_id or ""}
    escrito["foto"] = actual.foto_id or ""
    datos = escrito | {"texto": actual.texto, "version": actual.version}
    que = "retiró" if actual.retirado else "corrigió"
    mensaje = f"Otra persona {que} la tarjeta mientras usted escribía: no se guardó lo suyo."
    return JsonResponse({"mensaje": mensaje, "actual": datos}, status=409)


def _sin_corregir(request, tarjeta, form, estado):
    if pide_json(request):
        return _sin_anotar(request, tarjeta.encuentro, form, estado)
    return _pagina_de_corregir(request, tarjeta, form, estado)


def _pagina_de_corregir(request, tarjeta, form, estado=200, conflictos=()):
    contexto = _contexto(tarjeta.encuentro, ("Corregir una tarjeta", None)) | {
        "form": form,
        "tarjeta": tarjeta,
        "conflictos": conflictos,
    }
    return render(request, "talleres/editar_aporte.html", contexto, status=estado)


# --- Retirar, reponer y ordenar -----------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def retirar(request, pk):
    tarjeta = _tarjeta(request, pk)
    form = RetiroForm(request.POST or None, initial={"version": tarjeta.version})
    if request.method == "GET":
        return _pagina_de_retirar(request, tarjeta, form)
    if not form.is_valid():
        return _pagina_de_retirar(request, tarjeta, form, 400)
    try:
        retirar_aporte(tarjeta, por=request.user, **form.cleaned_data)
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
    except Conflicto as conflicto:
        tarjeta = conflicto.actual
        form.add_error(None, "Otra persona la corrigió: lea cómo quedó antes de retirarla.")
        _con_version(form, "version", tarjeta)
    else:
        messages.success(request, f"Se retiró «{Truncator(tarjeta.texto).chars(60)}».")
        return redirect(_tablero(tarjeta.encuentro))
    return _pagina_de_retirar(request, tarjeta, form, 409)


def _pagina_de_retirar(request, tarjeta, form, estado=200):
    pasos = ("Retirar una tarjeta", None)
    contexto = _contexto(tarjeta.encuentro, pasos) | {"form": form, "tarjeta": tarjeta}
    return render(request, "talleres/retirar_aporte.html", contexto, status=estado)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def reponer(request, pk):
    tarjeta = _tarjeta(request, pk)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return _no_se_pudo(request, tarjeta.encuentro, "Vuelva a abrir el tablero.", 400)
    try:
        reponer_aporte(tarjeta, por=request.user, version=form.cleaned_data["version"])
    except NoProcede as motivo:
        return _no_se_pudo(request, tarjeta.encuentro, str(motivo), 409)
    except Conflicto:
        motivo = "Otra persona cambió la tarjeta mientras usted la miraba: revísela."
        return _no_se_pudo(request, tarjeta.encuentro, motivo, 409)
    messages.success(request, f"Está en el tablero «{Truncator(tarjeta.texto).chars(60)}».")
    return redirect(_tablero(tarjeta.encuentro))


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def mover(request, pk):
    tarjeta = _tarjeta(request, pk)
    form = MoverForm(request.POST)
    if not form.is_valid():
        motivo = "Diga si la tarjeta sube o baja."
        return _no_se_pudo(request, tarjeta.encuentro, motivo, 400)
    try:
        mover_aporte(tarjeta, por=request.user, **form.cleaned_data)
    except NoProcede as motivo:
        return _no_se_pudo(request, tarjeta.encuentro, str(motivo), 409)
    return redirect(f"{_tablero(tarjeta.encuentro)}#t{tarjeta.pk}")


def _no_se_pudo(request, encuentro, motivo, estado):
    """Página con el motivo y la salida al tablero; en JSON, solo el motivo."""
    if pide_json(request):
        return JsonResponse({"mensaje": motivo, "actual": {}}, status=estado)
    contexto = _contexto(encuentro, ("No se cambió nada", None)) | {"motivo": motivo}
    return render(request, "talleres/aporte_sin_cambio.html", contexto, status=estado)


# --- Cúmulos ------------------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def agrupar(request, pk):
    """Pone las tarjetas marcadas en un cúmulo o, con `accion=sacar`, las deja sueltas."""
    encuentro = _editable(request, pk)
    form = AgruparForm(request.POST or None, encuentro=encuentro)
    if request.method == "GET":
        return _pagina_de_agrupar(request, encuentro, form)
    if not form.is_valid():
        return _sin_agrupar(request, encuentro, form, 400)
    try:
        dicho = _agrupado(encuentro, form, request.user)
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
        return _sin_agrupar(request, encuentro, form, 409)
    if pide_json(request):
        return JsonResponse({"dicho": dicho})
    messages.success(request, dicho)
    return redirect(_tablero(encuentro))


def _agrupado(encuentro, form, por):
    """Hace lo pedido y dice qué se hizo."""
    datos = form.cleaned_data
    cuantas = len(datos["aporte"])
    que = "Se sacaron" if cuantas > 1 else "Se sacó"
    tarjetas = f"{cuantas} tarjetas" if cuantas > 1 else "1 tarjeta"
    if form.saca:
        desagrupar_aportes(encuentro, datos["aporte"], por=por)
        return f"{que} {tarjetas} de su cúmulo."
    elegido = {"cumulo": datos["cumulo"], "titulo": datos["titulo"]}
    cumulo = agrupar_aportes(encuentro, datos["aporte"], por=por, **elegido)
    return f"Quedó en «{cumulo}»: {tarjetas}."


def _sin_agrupar(request, encuentro, form, estado):
    if not pide_json(request):
        return _pagina_de_agrupar(request, encuentro, form, estado)
    motivos = [mensaje for mensajes in form.errors.values() for mensaje in mensajes]
    return JsonResponse({"mensaje": " ".join(motivos), "actual": {}}, status=estado)


def _pagina_de_agrupar(request, encuentro, form, estado=200):
    contexto = _contexto(encuentro, ("Agrupar tarjetas", None)) | {"form": form}
    return render(request, "talleres/agrupar_aportes.html", contexto, status=estado)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def titular(request, pk):
    """Cambia el título de un cúmulo."""
    editables = CumuloAportes.objects.editables_por(request.user)
    cumulo = get_object_or_404(editables.select_related("encuentro__estrategia"), pk=pk)
    form = CumuloForm(request.POST or None, instance=cumulo)
    if request.method == "GET":
        return _pagina_de_titular(request, cumulo, form)
    if not form.is_valid():
        return _pagina_de_titular(request, cumulo, form, 400)
    try:
        version = form.cleaned_data["version_leida"] or 0
        titular_cumulo(form.instance, por=request.user, version=version)
    except NoProcede as motivo:
        form.add_error("titulo", str(motivo))
    except Conflicto as conflicto:
        form.add_error("titulo", f"Otra persona lo tituló antes: «{conflicto.actual.titulo}».")
        _con_version(form, "version_leida", conflicto.actual)
    else:
        messages.success(request, f"El cúmulo se titula ahora «{cumulo.titulo}».")
        return redirect(_tablero(cumulo.encuentro))
    return _pagina_de_titular(request, cumulo, form, 409)


def _pagina_de_titular(request, cumulo, form, estado=200):
    contexto = _contexto(cumulo.encuentro, ("Titular un cúmulo", None)) | {"form": form}
    return render(request, "talleres/titular_cumulo.html", contexto, status=estado)
