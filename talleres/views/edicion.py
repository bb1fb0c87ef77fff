"""Programar, editar, convocar, dar por realizados y cancelar encuentros."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods, require_POST

from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones import (
    EncuentroCerrado,
    NoProcede,
    YaExiste,
    cancelar_encuentro,
    convocar_encuentro,
    editar_encuentro,
    programar_encuentro,
    realizar_encuentro,
)
from ..forms import CancelarForm, EncuentroForm, NotaForm, RealizadoForm, VersionForm
from ..lector_choques import choques_de_encuentro
from ..models import Encuentro
from .cronograma import migas_de_talleres
from .encuentro import migas_de, pagina_de_encuentro


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def crear(request):
    """Se guarda en el segundo envío: en el primero se muestran los convocados que propone."""
    form = EncuentroForm(
        request.POST or None, usuario=request.user, initial=_de_la_direccion(request)
    )
    contexto = {
        "lugar": "talleres",
        "migas": migas_de_talleres(("Programar un encuentro", None)),
        "form": form,
        "titulo": "Programar un encuentro",
    }
    if request.method == "GET":
        return render(request, "talleres/editar_encuentro.html", contexto)
    if not form.is_valid() or form.falta_revisar:
        estado = 200 if form.falta_revisar else 400
        return render(request, "talleres/editar_encuentro.html", contexto, status=estado)
    try:
        encuentro = programar_encuentro(form.instance, por=request.user, **form.lo_demas())
    except YaExiste as error:
        form.add_error(None, _ya_existe(error.encuentro))
        return render(request, "talleres/editar_encuentro.html", contexto, status=409)
    return _guardado(request, form, encuentro, "Se programó")


def _ya_existe(encuentro):
    return format_html(
        'Ya está programado un encuentro igual: <a href="{}">{}</a>. Si este es otro, cambie la '
        "hora o el lugar.",
        encuentro.get_absolute_url(),
        _nombrar(encuentro),
    )


def _de_la_direccion(request):
    """Lo que ya se sabe por la página de la que se viene: un grupo, un día…"""
    del_encuentro = ("estrategia", "tipo", "tema", "fecha", "inicio", "fin")
    conocidos = (*del_encuentro, "lugar", "canton", "gad")
    iniciales = {nombre: request.GET.get(nombre) for nombre in conocidos if nombre in request.GET}
    return iniciales | {"grupos": request.GET.getlist("grupo")}


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def editar(request, pk):
    encuentro = _traer(request, pk)
    form = _formulario(request, encuentro)
    contexto = {
        "lugar": "talleres",
        "migas": migas_de(encuentro, ("Editar", None)),
        "encuentro": encuentro,
        "form": form,
        "titulo": f"Editar «{encuentro.tema}»",
        "solo_nota": isinstance(form, NotaForm),
        "grupos_ajenos": _cuantos_ajenos(request.user, form),
    }
    if request.method == "GET":
        return render(request, "talleres/editar_encuentro.html", contexto)
    se_cerro = not encuentro.esta_abierto and not contexto["solo_nota"]
    if not form.is_valid() or getattr(form, "falta_revisar", False):
        estado = 409 if se_cerro else 400 if form.errors else 200
        return render(request, "talleres/editar_encuentro.html", contexto, status=estado)
    try:
        return _guardado(request, form, _editado(form, request.user), "Se guardó")
    except Conflicto as conflicto:
        actual = conflicto.actual
        diferencias = form.conflictos_con(actual)
        return responder_conflicto(request, actual, diferencias, actual.get_absolute_url())


def _editado(form, usuario):
    if isinstance(form, NotaForm):
        return form.guardar()
    version = form.cleaned_data["version_leida"] or 0
    return editar_encuentro(form.instance, por=usuario, version=version, **form.lo_demas())


def _traer(request, pk):
    editables = Encuentro.objects.editables_por(request.user)
    relacionados = ("estrategia", "canton__padre", "gad__territorio__padre")
    contados = editables.select_related(*relacionados).annotate(cuantos_grupos=Count("grupos"))
    return get_object_or_404(contados, pk=pk)


def _formulario(request, encuentro):
    """El entero si está abierto. Si se cerró mientras alguien lo editaba, también: así ve lo que
    escribió y por qué ya no se guarda.
    """
    if encuentro.esta_abierto or "tema" in request.POST:
        return EncuentroForm(request.POST or None, instance=encuentro, usuario=request.user)
    return NotaForm(request.POST or None, instance=encuentro)


def _cuantos_ajenos(usuario, form):
    """Grupos del encuentro que quien edita no ve; quien ve el país los ve todos."""
    if usuario.ve_el_pais or isinstance(form, NotaForm):
        return 0
    elegidos = [g for g in form.fields["grupos"].objetos.values() if g.elegido]
    return form.instance.cuantos_grupos - len(elegidos)


def _guardado(request, form, encuentro, verbo):
    messages.success(request, f"{verbo} {_nombrar(encuentro)}.")
    if isinstance(form, EncuentroForm):
        for choque in choques_de_encuentro(encuentro, request.user):
            if not choque.aceptado:
                messages.warning(request, choque.explicacion)
    return redirect(encuentro)


def _nombrar(encuentro):
    fecha = date_format(encuentro.fecha, r"l j \d\e F \d\e Y")
    return f"«{encuentro.tema}», {fecha}"


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_http_methods(["GET", "POST"])
def cancelar(request, pk):
    encuentro = _traer(request, pk)
    form = CancelarForm(request.POST or None, initial={"version": encuentro.version})
    if request.method == "GET":
        return _pagina_de_cancelar(request, encuentro, form)
    if not form.is_valid():
        return _pagina_de_cancelar(request, encuentro, form, 400)
    datos = form.cleaned_data
    try:
        cancelar_encuentro(encuentro, por=request.user, **datos)
    except EncuentroCerrado as error:
        form.add_error(None, str(error))
        return _pagina_de_cancelar(request, encuentro, form, 409)
    except Conflicto as conflicto:
        actual = conflicto.actual
        diferencias = [
            ("Estado", actual.get_estado_display(), Encuentro.Estado.CANCELADO.label),
            ("Motivo", actual.motivo, datos["motivo"]),
        ]
        return responder_conflicto(request, actual, diferencias, actual.get_absolute_url())
    messages.success(request, f"Se canceló {_nombrar(encuentro)}.")
    return redirect(encuentro)


def _pagina_de_cancelar(request, encuentro, form, estado=200):
    contexto = {
        "lugar": "talleres",
        "migas": migas_de(encuentro, ("Cancelar", None)),
        "encuentro": encuentro,
        "cuantos_convocados": encuentro.convocados.count(),
        "otra_jornada": encuentro.jornada_de or encuentro.otras_jornadas.first(),
        "form": form,
    }
    return render(request, "talleres/cancelar_encuentro.html", contexto, status=estado)


# --- Convocado y realizado ----------------------------------------------------------------------


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def convocar(request, pk):
    encuentro = _traer(request, pk)
    form = VersionForm(request.POST)
    if not form.is_valid():
        return pagina_de_encuentro(request, pk, form=form, estado=400)
    return _marcado(request, encuentro, convocar_encuentro, form, "Quedó como convocado")


@exige(Permiso.EDITAR_ACOMPANAMIENTO)
@require_POST
def realizar(request, pk):
    encuentro = _traer(request, pk)
    form = RealizadoForm(request.POST)
    if not form.is_valid():
        return pagina_de_encuentro(request, pk, form=form, estado=400)
    return _marcado(request, encuentro, realizar_encuentro, form, "Quedó como realizado")


def _marcado(request, encuentro, verbo, form, dicho):
    datos = form.cleaned_data
    try:
        verbo(encuentro, por=request.user, **datos)
    except NoProcede as error:
        form.add_error(None, str(error))
    except Conflicto as conflicto:
        actual = conflicto.actual
        form.add_error(
            None,
            "Otra persona cambió el encuentro mientras usted lo miraba: está "
            f"{actual.get_estado_display().lower()}. Revíselo y vuelva a intentarlo.",
        )
    else:
        messages.success(request, f"{dicho} {_nombrar(encuentro)}.")
        return redirect(encuentro)
    return pagina_de_encuentro(request, encuentro.pk, form=form, estado=409)
