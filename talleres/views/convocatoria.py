"""Convocar a un encuentro y seguir cada convocatoria: entrega, respuesta, correcciones."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from territorios.documentos import SinPango
from territorios.jurisdiccion import Permiso, exige
from territorios.texto import cuantos
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto
from territorios.views.documentos import entregar_documento, sin_pango

from ..acciones import NoProcede
from ..acciones_convocatoria import (
    DE_QUIEN_RECIBE,
    anotar_constancia,
    corregir_convocatoria,
    emitir_oficios,
    enviar_convocatorias,
    recordar_encuentro,
    responder,
    revocar_enlace,
)
from ..documentos_convocatoria import (
    oficio_en_pdf,
    oficios_en_pdf,
)
from ..forms_convocatoria import (
    ComunForm,
    ConstanciaForm,
    CorreccionForm,
    DestinatarioForm,
    RespuestaForm,
)
from ..lector_convocatoria import (
    comun_propuesto,
    contar_respuestas,
    destinatarios_de,
    por_emitir,
    por_reenviar,
    ya_no_vale,
)
from ..models import Convocatoria, Encuentro
from .encuentro import migas_de


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "HEAD", "POST"])
def convocatoria(request, pk):
    """Quiénes faltan de convocar, listos para convocarlos de una vez, y cómo van los demás."""
    encuentro = _traer(request, pk)
    destinatarios = destinatarios_de(encuentro)
    if request.method != "POST":
        return _pagina(request, encuentro, destinatarios)
    comun = ComunForm(request.POST)
    formas = _formas(encuentro, destinatarios, request.POST)
    if not all([comun.is_valid(), *(forma.is_valid() for forma in formas.values())]):
        return _pagina(request, encuentro, destinatarios, comun, formas, 400)
    return _convocar(request, encuentro, destinatarios, comun, formas)


def _convocar(request, encuentro, destinatarios, comun, formas):
    datos = {codigo: forma.cleaned_data for codigo, forma in formas.items()}
    comunes = dict(comun.cleaned_data)
    version = comunes.pop("version")
    sitio = request.build_absolute_uri("/").rstrip("/")
    try:
        emitidos = emitir_oficios(
            encuentro, datos, comunes, por=request.user, version=version, sitio=sitio
        )
    except NoProcede as error:
        comun.add_error(None, str(error))
    except Conflicto:
        comun.add_error(
            None,
            "Otra persona cambió el encuentro o lo convocó mientras usted lo miraba: no se envió "
            "nada desde aquí. Abra la página de nuevo y revise quién falta.",
        )
    else:
        return _enviar(request, encuentro, emitidos, f"Se convocó a {len(emitidos)} GAD")
    return _pagina(request, encuentro, destinatarios, comun, formas, 409)


def _enviar(request, encuentro, convocatorias, dicho):
    try:
        cuantas = enviar_convocatorias(convocatorias, por=request.user)
    except SinPango as falta:
        return sin_pango(request, falta)
    partes = [f"{dicho}: {cuantos(cuantas, 'correo', 'correos')} en cola"]
    sin_correo = sum(not una.correo for una in convocatorias)
    if sin_correo:
        partes.append(f"{sin_correo} sin correo, por entregar y anotar su constancia")
    quedan = Convocatoria.objects.con_estado().filter(pk__in=[una.pk for una in convocatorias])
    if faltan := len([una for una in quedan if una.falta_enviar]):
        partes.append(f"{cuantos(faltan, 'queda', 'quedan')} por enviar: pulse «Reenviar»")
    messages.success(request, "; ".join(partes) + ".")
    return redirect("talleres:convocatoria", encuentro.pk)


def _formas(encuentro, destinatarios, tecleado=None):
    """{código de GAD: formulario} de los que faltan de convocar."""
    return {
        uno.gad.pk: DestinatarioForm(tecleado, prefix=f"gad-{uno.gad.pk}", initial=uno.propuesta)
        for uno in por_emitir(encuentro, destinatarios)
    }


def _pagina(request, encuentro, destinatarios, comun=None, formas=None, estado=200):
    if comun is None:
        inicial = comun_propuesto(encuentro, request.user) | {"version": encuentro.version}
        comun, formas = ComunForm(initial=inicial), _formas(encuentro, destinatarios)
    de_gad = {uno.gad.pk: uno for uno in destinatarios}
    emitidos = [uno for uno in destinatarios if uno.convocatoria]
    contexto = {
        "lugar": "talleres",
        "migas": migas_de(encuentro, ("Convocatoria", None)),
        "encuentro": encuentro,
        "form": comun,
        "faltan": [(de_gad[codigo], forma) for codigo, forma in formas.items()],
        "hay_errores": bool(comun.errors or any(forma.errors for forma in formas.values())),
        "emitidos": emitidos,
        "cuenta": _cuenta(encuentro, emitidos),
        "por_reenviar": len(por_reenviar(encuentro, destinatarios)),
        "por_entregar": sum(uno.estado == Convocatoria.Estado.POR_ENTREGAR for uno in emitidos),
        "por_recordar": sum(
            uno.respuesta is None and bool(uno.convocatoria.correo) for uno in emitidos
        ),
    }
    return render(request, "talleres/convocatoria.html", contexto, status=estado)


def _cuenta(encuentro, emitidos):
    vigentes = [uno for uno in emitidos if not ya_no_vale(uno.convocatoria, encuentro)]
    return contar_respuestas(uno.respuesta and uno.respuesta.sentido for uno in vigentes)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def reenviar(request, pk):
    """El correo de quienes lo tienen y no les llegó."""
    encuentro = _traer(request, pk)
    faltan = por_reenviar(encuentro, destinatarios_de(encuentro))
    if not faltan or not encuentro.esta_abierto:
        messages.info(request, "No hay correos que reenviar.")
        return redirect("talleres:convocatoria", pk)
    return _enviar(request, encuentro, faltan, "Se reenvió lo que faltaba")


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def recordar(request, pk):
    encuentro = _traer(request, pk)
    cuantas = recordar_encuentro(encuentro)
    if cuantas:
        messages.success(request, f"{cuantos(cuantas, 'recordatorio', 'recordatorios')} en cola.")
    else:
        messages.info(request, "No hay a quién recordar hoy, o ya se le recordó.")
    return redirect("talleres:convocatoria", pk)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
def oficios_pdf(request, pk):
    encuentro = _traer(request, pk)
    emitidos = [uno.convocatoria for uno in destinatarios_de(encuentro) if uno.convocatoria]
    if not emitidos:
        messages.info(request, "Todavía no hay oficios: primero convoque.")
        return redirect("talleres:convocatoria", pk)
    return entregar_documento(request, oficios_en_pdf(encuentro, emitidos))


# --- Uno ----------------------------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "HEAD", "POST"])
def destinatario(request, pk):
    """La convocatoria de un GAD; el POST corrige a quién va y se la envía otra vez."""
    una = _traer_una(request, pk)
    if request.method != "POST":
        return _pagina_de_uno(request, una)
    form = CorreccionForm(request.POST)
    if not form.is_valid():
        return _pagina_de_uno(request, una, "correccion", form, 400)
    datos = dict(form.cleaned_data)
    version = datos.pop("version")
    try:
        corregida = corregir_convocatoria(una, datos, por=request.user, version=version)
    except Conflicto as conflicto:
        return _conflicto(request, conflicto.actual, datos)
    except NoProcede as error:
        form.add_error(None, str(error))
        return _pagina_de_uno(request, una, "correccion", form, 409)
    return _enviar(request, una.encuentro, [corregida], f"Se corrigió la de {una.gad.nombre}")


def _conflicto(request, actual, datos):
    nombres = CorreccionForm().fields
    diferencias = [
        (nombres[campo].label, getattr(actual, campo), datos[campo])
        for campo in DE_QUIEN_RECIBE
        if getattr(actual, campo) != datos[campo]
    ]
    volver = reverse("talleres:destinatario", args=[actual.pk])
    return responder_conflicto(request, actual, diferencias, volver)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def constancia(request, pk):
    una = _traer_una(request, pk)
    form = ConstanciaForm(request.POST)
    dicho = f"Quedó la constancia de entrega a {una.gad.nombre}."
    return _anotado(request, una, "constancia", form, anotar_constancia, dicho)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def respuesta(request, pk):
    """La que el GAD dio por teléfono u otro medio: queda quién la anotó."""
    una = _traer_una(request, pk)
    form = RespuestaForm(request.POST)
    dicho = f"Se anotó la respuesta de {una.gad.nombre}."
    return _anotado(request, una, "respuesta", form, responder, dicho)


def _anotado(request, una, cual, form, verbo, dicho):
    if not form.is_valid():
        return _pagina_de_uno(request, una, cual, form, 400)
    try:
        verbo(una, por=request.user, **form.cleaned_data)
    except NoProcede as error:
        form.add_error(None, str(error))
        return _pagina_de_uno(request, una, cual, form, 409)
    messages.success(request, dicho)
    return redirect("talleres:convocatoria", una.encuentro_id)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def revocar(request, pk):
    una = _traer_una(request, pk)
    revocar_enlace(una, por=request.user)
    messages.success(
        request,
        f"El enlace que se mandó a {una.gad.nombre} ya no abre nada, y lo que esperaba en la cola "
        "no le saldrá.",
    )
    return redirect("talleres:destinatario", pk)


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
def oficio_pdf(request, pk):
    una = _traer_una(request, pk)
    return entregar_documento(request, oficio_en_pdf(una))


def _pagina_de_uno(request, una, cual="", form=None, estado=200):
    inicial = {campo: getattr(una, campo) for campo in DE_QUIEN_RECIBE}
    formas = {
        "correccion": CorreccionForm(initial=inicial | {"version": una.version}),
        "constancia": ConstanciaForm(),
        "respuesta": RespuestaForm(),
    }
    if cual:
        formas[cual] = form
    camino = reverse("talleres:convocatoria", args=[una.encuentro_id])
    contexto = formas | {
        "lugar": "talleres",
        "migas": migas_de(una.encuentro, ("Convocatoria", camino), (una.gad.nombre, None)),
        "encuentro": una.encuentro,
        "una": una,
        "form": form,
    }
    return render(request, "talleres/destinatario.html", contexto, status=estado)


# --- Común --------------------------------------------------------------------------------------


def _traer(request, pk):
    editables = Encuentro.objects.editables_por(request.user)
    return get_object_or_404(editables.select_related("estrategia", "canton__padre"), pk=pk)


def _traer_una(request, pk):
    editables = Convocatoria.objects.editables_por(request.user).con_estado()
    relacionadas = ("encuentro__estrategia", "encuentro__canton__padre")
    return get_object_or_404(editables.select_related(*relacionadas), pk=pk)
