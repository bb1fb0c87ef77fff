"""Editor del instrumento de evaluación, para la central. Lo publicado solo se lee."""

from django.contrib import messages
from django.db.models import Count
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.models import Gad
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones import NoProcede
from ..acciones_instrumento import (
    ABAJO,
    ARRIBA,
    Congelado,
    YaHayBorrador,
    crear_version,
    faltas_para_publicar,
    guardar_del_instrumento,
    instrumento_de,
    mover,
    publicar_instrumento,
    quitar_del_instrumento,
)
from ..documento_formulario import paginas_para
from ..forms_instrumento import InstrumentoForm, PreguntaForm, SeccionForm
from ..models import Instrumento, Pregunta, Seccion

FORMULARIOS = {Instrumento: InstrumentoForm, Seccion: SeccionForm, Pregunta: PreguntaForm}
CAMBIO = "Otra persona cambió esto mientras usted lo miraba: repáselo y vuelva a intentarlo."


@exige(Permiso.ADMINISTRAR)
def lista(request):
    instrumentos = Instrumento.objects.annotate(
        cuantas=Count("secciones__preguntas", distinct=True),
        usadas=Count("evaluaciones", distinct=True),
    )
    contexto = {
        "lugar": "pdot",
        "pagina_de_pdot": "instrumentos",
        "migas": _migas()[:-1] + [("Instrumento de evaluación", None)],
        "instrumentos": instrumentos,
        "vigente": Instrumento.objects.vigente(),
    }
    return render(request, "pdot/instrumentos.html", contexto)


@exige(Permiso.ADMINISTRAR)
@require_POST
def copiar(request, numero):
    """Una versión nueva, copia de esta. Si ya hay un borrador, lleva a él."""
    try:
        nueva = crear_version(_traer(numero), por=request.user)
    except YaHayBorrador as motivo:
        messages.info(request, str(motivo))
        return redirect(motivo.borrador)
    messages.success(request, f"Se creó la versión {nueva.numero}, sin publicar.")
    return redirect(nueva)


@exige(Permiso.ADMINISTRAR)
def detalle(request, numero):
    return _detalle(request, _traer(numero))


def _detalle(request, instrumento, motivo="", estado=200):
    contexto = {
        "lugar": "pdot",
        "migas": _migas((f"Versión {instrumento.numero}", None)),
        "instrumento": instrumento,
        "secciones": instrumento.secciones.prefetch_related("preguntas"),
        "niveles": Gad.Nivel.choices,
        "faltas": [] if instrumento.publicado else faltas_para_publicar(instrumento),
        "motivo": motivo,
    }
    return render(request, "pdot/instrumento.html", contexto, status=estado)


# --- Editar -------------------------------------------------------------------------------------


@exige(Permiso.ADMINISTRAR)
@require_http_methods(["GET", "POST"])
def editar(request, numero):
    return _editar(request, _traer(numero), "Nombre y fuente")


@exige(Permiso.ADMINISTRAR)
@require_http_methods(["GET", "POST"])
def nueva_seccion(request, numero):
    return _editar(request, Seccion(instrumento=_traer(numero)), "Nueva sección")


@exige(Permiso.ADMINISTRAR)
@require_http_methods(["GET", "POST"])
def editar_seccion(request, pk):
    seccion = _seccion(pk)
    return _editar(request, seccion, f"Sección «{seccion}»")


@exige(Permiso.ADMINISTRAR)
@require_http_methods(["GET", "POST"])
def nueva_pregunta(request, pk):
    seccion = _seccion(pk)
    if seccion.es_hoja:
        messages.info(request, f"«{seccion}» es una hoja con forma propia: no lleva preguntas.")
        return redirect(seccion.instrumento)
    return _editar(request, Pregunta(seccion=seccion), f"Nueva pregunta de «{seccion}»")


@exige(Permiso.ADMINISTRAR)
@require_http_methods(["GET", "POST"])
def editar_pregunta(request, pk):
    pregunta = _pregunta(pk)
    return _editar(request, pregunta, f"Pregunta {pregunta.codigo}")


def _editar(request, cosa, titulo):
    """El formulario de un instrumento, una sección o una pregunta; publicado, lleva a leerlo."""
    instrumento = instrumento_de(cosa)
    form = FORMULARIOS[type(cosa)](request.POST or None, instance=cosa)
    if request.method == "GET":
        if instrumento.publicado:
            messages.info(request, str(Congelado(instrumento)))
            return redirect(instrumento)
        return _formulario(request, form, titulo)
    if not form.is_valid():
        return _formulario(request, form, titulo, 400)
    try:
        guardar_del_instrumento(form, por=request.user)
    except Conflicto as conflicto:
        volver, pares = request.path, form.conflictos_con(conflicto.actual)
        return responder_conflicto(request, conflicto.actual, pares, volver)
    except Congelado as motivo:
        pares = [(campo.label, "", campo.value()) for campo in form.visible_fields()]
        return responder_conflicto(
            request, instrumento, pares, instrumento.get_absolute_url(), motivo
        )
    except NoProcede as motivo:
        form.add_error("codigo", str(motivo))
        return _formulario(request, form, titulo, 400)
    messages.success(request, f"Se guardó: {titulo.lower()}.")
    return redirect(f"{instrumento.get_absolute_url()}{_ancla(cosa)}")


def _formulario(request, form, titulo, estado=200):
    instrumento = instrumento_de(form.instance)
    version = f"Versión {instrumento.numero}"
    contexto = {
        "lugar": "pdot",
        "migas": _migas((version, instrumento.get_absolute_url()), (titulo, None)),
        "instrumento": instrumento,
        "titulo": titulo,
        "form": form,
    }
    return render(request, "pdot/instrumento_editar.html", contexto, status=estado)


def _ancla(cosa):
    """A qué parte de la página del instrumento se vuelve."""
    if isinstance(cosa, Pregunta):
        return f"#p-{cosa.codigo}"
    return f"#s-{cosa.codigo}" if isinstance(cosa, Seccion) else ""


# --- Ordenar y quitar ---------------------------------------------------------------------------


@exige(Permiso.ADMINISTRAR)
@require_POST
def mover_seccion(request, pk):
    return _mover(request, _seccion(pk))


@exige(Permiso.ADMINISTRAR)
@require_POST
def mover_pregunta(request, pk):
    return _mover(request, _pregunta(pk))


def _mover(request, cosa):
    instrumento, hacia = instrumento_de(cosa), request.POST.get("hacia")
    if hacia not in (ARRIBA, ABAJO):
        return _detalle(request, instrumento, "Diga si sube o si baja.", 400)
    try:
        mover(cosa, hacia, version=_version(request), por=request.user)
    except (NoProcede, Conflicto) as motivo:
        return _no_se_pudo(request, instrumento, motivo)
    return redirect(f"{instrumento.get_absolute_url()}{_ancla(cosa)}")


@exige(Permiso.ADMINISTRAR)
@require_POST
def quitar_seccion(request, pk):
    return _quitar(request, _seccion(pk))


@exige(Permiso.ADMINISTRAR)
@require_POST
def quitar_pregunta(request, pk):
    return _quitar(request, _pregunta(pk))


@exige(Permiso.ADMINISTRAR)
@require_POST
def quitar(request, numero):
    """Quita un borrador entero."""
    return _quitar(request, _traer(numero))


def _quitar(request, cosa):
    instrumento, nombre = instrumento_de(cosa), str(cosa)
    try:
        quitar_del_instrumento(cosa, version=_version(request), por=request.user)
    except (NoProcede, Conflicto) as motivo:
        return _no_se_pudo(request, instrumento, motivo)
    messages.success(request, f"Se quitó «{nombre}».")
    return redirect("pdot:instrumentos" if cosa is instrumento else instrumento)


def _no_se_pudo(request, instrumento, motivo):
    dicho = CAMBIO if isinstance(motivo, Conflicto) else str(motivo)
    return _detalle(request, instrumento, dicho, 409)


# --- Publicar y mirar ---------------------------------------------------------------------------


@exige(Permiso.ADMINISTRAR)
@require_http_methods(["GET", "POST"])
def publicar(request, numero):
    """Antes de congelarla dice qué pasa; si le falta algo, no se publica."""
    instrumento = _traer(numero)
    if request.method == "GET":
        return _confirmar(request, instrumento)
    try:
        motivo = publicar_instrumento(instrumento.pk, request.user, _version(request))
    except Conflicto:
        return _confirmar(request, _traer(numero), CAMBIO, 409)
    if motivo:
        dicho = f"No se publicó: {motivo}"
        return _confirmar(request, _traer(numero), dicho, 409 if instrumento.publicado else 400)
    messages.success(request, f"Se publicó la versión {numero}: ya no admite cambios.")
    return redirect(instrumento)


def _confirmar(request, instrumento, motivo="", estado=200):
    if instrumento.publicado and not motivo:
        return redirect(instrumento)
    version = f"Versión {instrumento.numero}"
    contexto = {
        "lugar": "pdot",
        "migas": _migas((version, instrumento.get_absolute_url()), ("Publicar", None)),
        "instrumento": instrumento,
        "vigente": Instrumento.objects.vigente(),
        "faltas": [] if instrumento.publicado else faltas_para_publicar(instrumento),
        "por_nivel": _cuantas_por_nivel(instrumento),
        "motivo": motivo,
    }
    return render(request, "pdot/instrumento_publicar.html", contexto, status=estado)


def _cuantas_por_nivel(instrumento):
    preguntas = list(Pregunta.objects.filter(seccion__instrumento=instrumento))
    return [
        (nombre, sum(1 for pregunta in preguntas if pregunta.se_hace_a(nivel)))
        for nivel, nombre in Gad.Nivel.choices
    ]


@exige(Permiso.ADMINISTRAR)
def vista(request, numero, nivel):
    """Cómo queda el formulario para un nivel de GAD, sin poder escribirlo."""
    if nivel not in Gad.Nivel.values:
        raise Http404
    instrumento = _traer(numero)
    version = f"Versión {instrumento.numero}"
    contexto = {
        "lugar": "pdot",
        "migas": _migas((version, instrumento.get_absolute_url()), ("Vista previa", None)),
        "instrumento": instrumento,
        "nivel": nivel,
        "niveles": Gad.Nivel.choices,
        "paginas": paginas_para(instrumento, nivel),
    }
    return render(request, "pdot/instrumento_vista.html", contexto)


# --- Común --------------------------------------------------------------------------------------


def _traer(numero):
    return get_object_or_404(Instrumento, numero=numero)


def _seccion(pk):
    return get_object_or_404(Seccion.objects.select_related("instrumento"), pk=pk)


def _pregunta(pk):
    return get_object_or_404(Pregunta.objects.select_related("seccion__instrumento"), pk=pk)


def _version(request):
    return entero_de(request.POST.get("version"))


def _migas(*mas):
    return [
        ("Inicio", reverse("inicio")),
        ("PDOT", reverse("pdot:inicio")),
        ("Instrumento de evaluación", reverse("pdot:instrumentos")),
        *mas,
    ]
