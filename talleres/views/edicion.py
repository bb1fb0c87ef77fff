"""Programar, editar y cancelar encuentros."""

from django.contrib import messages
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.html import format_html
from django.views.decorators.http import require_http_methods

from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones import (
    NoProcede,
    YaExiste,
    autoridad_de,
    cancelar_encuentro,
    editar_encuentro,
    programar_encuentro,
)
from ..avisos import cuantos_se_enteran
from ..forms import CancelarForm, EncuentroForm, NotaForm
from ..lector_choques import choques_de_encuentro, choques_de_lo_tecleado
from ..models import Aviso, Encuentro
from .cronograma import migas_de_talleres
from .encuentro import migas_de


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
    if request.POST.get("accion") == "choques":
        return _con_choques(request, contexto)
    if not form.is_valid() or form.falta_revisar:
        contexto["choques"] = _choques_de_lo_tecleado(request, form)
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
    varios = {"grupos": "grupo", "facilitan": "facilita"}
    return iniciales | {campo: request.GET.getlist(nombre) for campo, nombre in varios.items()}


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
    if request.POST.get("accion") == "choques" and not contexto["solo_nota"]:
        return _con_choques(request, contexto)
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
    except NoProcede as error:
        form.add_error(None, str(error))
        return render(request, "talleres/editar_encuentro.html", contexto, status=409)


def _con_choques(request, contexto):
    """La misma página con los choques de lo tecleado hasta ahora; no guarda nada."""
    form = contexto["form"]
    estado = 200 if form.is_valid() else 400
    contexto["choques"] = _choques_de_lo_tecleado(request, form)
    return render(request, "talleres/editar_encuentro.html", contexto, status=estado)


def _choques_de_lo_tecleado(request, form):
    """Lista de choques, o None si todavía no se sabe tipo y fecha. El formulario ya se revisó."""
    if not form.se_puede_situar():
        return None
    encuentro, datos = form.instance, form.cleaned_data
    encuentro.autoridad = autoridad_de(encuentro)
    return choques_de_lo_tecleado(
        encuentro,
        grupos=datos.get("grupos", []),
        convocados=form.marcados(),
        facilitan=datos.get("facilitan", []),
        usuario=request.user,
    )


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
    _decir_avisos(request, encuentro)
    if isinstance(form, EncuentroForm):
        for choque in choques_de_encuentro(encuentro, request.user):
            if not choque.aceptado:
                messages.warning(request, choque.explicacion)
    return redirect(encuentro)


def _decir_avisos(request, encuentro):
    """Si lo que se acaba de guardar se avisó a los ya convocados, a cuántos."""
    de_ahora = Aviso.objects.filter(
        convocatoria__encuentro=encuentro, version=encuentro.version
    ).count()
    if de_ahora:
        messages.info(
            request, f"Se avisa por correo, con la cita corregida, a {de_ahora} GAD convocados."
        )


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
        encuentro = cancelar_encuentro(encuentro, por=request.user, **datos)
    except NoProcede as error:
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
    _decir_avisos(request, encuentro)
    return redirect(encuentro)


def _pagina_de_cancelar(request, encuentro, form, estado=200):
    contexto = {
        "lugar": "talleres",
        "migas": migas_de(encuentro, ("Cancelar", None)),
        "encuentro": encuentro,
        "cuantos_convocados": encuentro.convocados.count(),
        "se_enteran": cuantos_se_enteran(encuentro),
        "otra_jornada": encuentro.jornada_de or encuentro.otras_jornadas.first(),
        "form": form,
    }
    return render(request, "talleres/cancelar_encuentro.html", contexto, status=estado)
