"""El programa de gobierno local de una autoridad y sus proyectos plurianuales."""

from functools import partial

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST

from territorios.bitacora import bitacora_a_pedido
from territorios.filtros import entero_de
from territorios.jurisdiccion import Permiso, exige
from territorios.versiones import Conflicto
from territorios.views.conflictos import responder_conflicto

from ..acciones import NoProcede
from ..acciones_programa import guardar_formulario, quitar_proyecto
from ..forms_programa import ProgramaForm, ProyectoForm
from ..models import ProgramaGobierno, Proyecto, gads_a_cargo_de
from ..programa import bitacora_de_programa, contexto_de_programa
from .planes import migas_de_gad


@exige(Permiso.VER_TERRITORIO)
def programa(request, pk):
    return _pagina(request, _traer(ProgramaGobierno.objects.visibles_para(request.user), pk))


def _pagina(request, programa, estado=200, **mas):
    usuario = request.user
    contexto = contexto_de_programa(programa, usuario) | mas
    contexto |= {"lugar": "pdot", "migas": migas_de_gad(programa.gad, (str(programa), None))}
    leer = partial(bitacora_de_programa, usuario, programa)
    contexto |= bitacora_a_pedido(request, programa, leer)
    return render(request, "pdot/programa.html", contexto, status=estado)


@exige(Permiso.EDITAR_PLANES)
@require_http_methods(["GET", "POST"])
def nuevo(request, codigo):
    """Registra el programa de una autoridad del GAD que todavía no lo tiene."""
    gad = get_object_or_404(gads_a_cargo_de(request.user).para_lista(), pk=codigo)
    form = ProgramaForm(request.POST or None, instance=ProgramaGobierno(), gad=gad)
    contexto = {
        "lugar": "pdot",
        "migas": migas_de_gad(gad, ("Registrar el programa de gobierno", None)),
        "gad": gad,
        "form": form,
        "hay_planes": form.fields["pdot"].queryset.exists(),
        "hay_autoridades": form.fields["autoridad"].queryset.exists(),
    }
    if request.method == "GET" or not form.is_valid():
        estado = 200 if request.method == "GET" else 400
        return render(request, "pdot/editar_programa.html", contexto, status=estado)
    try:
        nuevo = guardar_formulario(form, por=request.user)
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
        return render(request, "pdot/editar_programa.html", contexto, status=409)
    messages.success(request, f"Se registró el {_minuscula(nuevo)}.")
    return redirect(nuevo)


@exige(Permiso.EDITAR_PLANES)
@require_http_methods(["GET", "POST"])
def editar(request, pk):
    programa = _traer(ProgramaGobierno.objects.editables_por(request.user), pk)
    form = ProgramaForm(request.POST or None, instance=programa, gad=programa.gad)
    contexto = {
        "lugar": "pdot",
        "migas": _migas(programa, "Editar"),
        "gad": programa.gad,
        "programa": programa,
        "form": form,
        "hay_planes": True,
        "hay_autoridades": True,
    }
    if request.method == "GET" or not form.is_valid():
        estado = 200 if request.method == "GET" else 400
        return render(request, "pdot/editar_programa.html", contexto, status=estado)
    plantilla = "pdot/editar_programa.html"
    return _guardar(request, form, plantilla, contexto, f"Se guardó el {_minuscula(programa)}.")


# --- Proyectos ----------------------------------------------------------------------------------


@exige(Permiso.EDITAR_PLANES)
@require_http_methods(["GET", "POST"])
def nuevo_proyecto(request, pk):
    programa = _traer(ProgramaGobierno.objects.editables_por(request.user), pk)
    return _proyecto(request, Proyecto(programa=programa), "Agregar un proyecto")


@exige(Permiso.EDITAR_PLANES)
@require_http_methods(["GET", "POST"])
def proyecto(request, pk):
    editables = Proyecto.objects.editables_por(request.user)
    lugar = "programa__autoridad__gad__territorio__padre__padre"
    uno = get_object_or_404(editables.select_related(lugar, "programa__pdot"), pk=pk)
    return _proyecto(request, uno, "Editar el proyecto")


def _proyecto(request, proyecto, que):
    programa = proyecto.programa
    form = ProyectoForm(request.POST or None, instance=proyecto)
    contexto = {
        "lugar": "pdot",
        "migas": _migas(programa, que),
        "gad": programa.gad,
        "programa": programa,
        "proyecto": proyecto,
        "form": form,
        "titulo": que,
    }
    if request.method == "GET" or not form.is_valid():
        estado = 200 if request.method == "GET" else 400
        return render(request, "pdot/editar_proyecto.html", contexto, status=estado)
    nombre = form.cleaned_data["nombre"]
    dicho = f"Se guardó el proyecto «{nombre}»."
    return _guardar(request, form, "pdot/editar_proyecto.html", contexto, dicho)


def _guardar(request, form, plantilla, contexto, dicho):
    programa = contexto["programa"]
    try:
        guardar_formulario(form, por=request.user)
    except Conflicto as conflicto:
        diferencias = form.conflictos_con(conflicto.actual)
        volver = programa.get_absolute_url()
        return responder_conflicto(request, conflicto.actual, diferencias, volver)
    except NoProcede as motivo:
        form.add_error(None, str(motivo))
        return render(request, plantilla, contexto, status=409)
    messages.success(request, dicho)
    return redirect(programa)


@exige(Permiso.EDITAR_PLANES)
@require_POST
def quitar(request, pk):
    uno = get_object_or_404(Proyecto.objects.editables_por(request.user), pk=pk)
    programa = _traer(ProgramaGobierno.objects, uno.programa_id)
    try:
        quitar_proyecto(uno, por=request.user, version=entero_de(request.POST.get("version")))
    except Conflicto:
        motivo = f"El proyecto «{uno}» cambió desde que abrió la página: repáselo."
        return _pagina(request, programa, 409, motivo=motivo)
    messages.success(request, f"Se quitó el proyecto «{uno}».")
    return redirect(programa)


# --- Común --------------------------------------------------------------------------------------


def _traer(programas, pk):
    return get_object_or_404(programas.con_lugar(), pk=pk)


def _migas(programa, paso):
    pasos = [(str(programa), programa.get_absolute_url()), (paso, None)]
    return migas_de_gad(programa.gad, *pasos)


def _minuscula(programa):
    return f"programa de gobierno de {programa.autoridad.nombre}"
