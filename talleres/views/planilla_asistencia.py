"""Registrar una hoja entera: se pega o se sube, se mira qué entraría y se confirma."""

from uuid import uuid4

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from territorios.importaciones.previa import TOPE_DEL_ARCHIVO, Archivo, DemasiadoGrande
from territorios.jurisdiccion import Permiso, exige
from territorios.lectura import CargaRechazada
from territorios.subidas import es_excesiva
from territorios.texto import cuantos

from ..acciones import NoProcede
from ..forms_registro import PlanillaForm
from ..models import Encuentro, Participante
from ..planilla_asistencia import (
    TOPE_DE_FILAS,
    como_texto,
    de_texto,
    leer_planilla,
    por_registrar,
)
from ..registro import exigir_registro, registrar_varios
from .encuentro import migas_de

EXCESIVO = "El archivo pasa de 20 MB: no se recibió."


@exige(Permiso.REGISTRAR_PARTICIPANTES)
@require_http_methods(["GET", "POST"])
def planilla(request, pk):
    """Con POST, la vista previa de lo pegado o del archivo: todavía no escribe nada."""
    encuentro = _traer(request, pk)
    if request.method == "GET":
        return _pagina(request, encuentro, _en_blanco(encuentro))
    form = PlanillaForm(request.POST, request.FILES, encuentro=encuentro)
    if es_excesiva(request):
        return _pagina(request, encuentro, _en_blanco(encuentro), EXCESIVO, 413)
    try:
        exigir_registro(encuentro)
        if not form.is_valid():
            return _pagina(request, encuentro, form, estado=400)
        archivo = _archivo(form.cleaned_data)
        return _previa(request, encuentro, form, archivo)
    except DemasiadoGrande as rechazo:
        return _pagina(request, encuentro, form, rechazo, 413)
    except CargaRechazada as rechazo:
        return _pagina(request, encuentro, form, rechazo, 400)
    except NoProcede as error:
        return _pagina(request, encuentro, form, error, 409)


@exige(Permiso.REGISTRAR_PARTICIPANTES)
@require_POST
def confirmar(request, pk):
    """Vuelve a leer lo que se mostró y registra a todas las personas o a ninguna."""
    encuentro = _traer(request, pk)
    form = PlanillaForm(request.POST, encuentro=encuentro)
    if not form.is_valid():
        return _pagina(request, encuentro, form, estado=400)
    try:
        leida = _leer(encuentro, form, de_texto(form.cleaned_data["pegado"]))
        if leida.errores:
            return _con_errores(request, encuentro, form, leida)
        van, fuera = por_registrar(leida, _otras_personas(request.POST))
        nuevos = registrar_varios(encuentro, van, via=Participante.Via.IMPORTADO, por=request.user)
    except CargaRechazada as rechazo:
        return _pagina(request, encuentro, form, rechazo, 400)
    except ValidationError as error:
        return _pagina(request, encuentro, form, " ".join(error.messages), 400)
    except NoProcede as error:
        return _pagina(request, encuentro, form, error, 409)
    _decir(request, len(nuevos), len(van) - len(nuevos), len(fuera))
    return redirect("talleres:registro", pk)


def _previa(request, encuentro, form, archivo):
    leida = _leer(encuentro, form, archivo)
    if leida.errores:
        return _con_errores(request, encuentro, form, leida)
    contexto = _contexto(encuentro, "Vista previa") | {
        "planilla": leida,
        "texto": como_texto(archivo),
        "lote": form.cleaned_data["lote"],
        "nombre_archivo": archivo.nombre,
    }
    return render(request, "talleres/registro_previa.html", contexto)


def _leer(encuentro, form, archivo):
    return leer_planilla(
        archivo,
        encuentro,
        consentimiento=form.consentimiento(),
        lote=form.cleaned_data["lote"],
    )


def _con_errores(request, encuentro, form, leida):
    return _pagina(request, encuentro, form, estado=400, errores=leida.errores)


def _archivo(datos):
    """Lo pegado o lo subido. El tope se mira antes de traerlo a memoria."""
    subido = datos["archivo"]
    if not subido:
        return de_texto(datos["pegado"])
    if subido.size > TOPE_DEL_ARCHIVO:
        raise DemasiadoGrande(subido.name, subido.size)
    return Archivo(subido.name, subido.read())


def _otras_personas(enviado):
    """Los puestos de las filas que alguien declaró que son otra persona."""
    return {int(valor) for valor in enviado.getlist("otra") if valor.isdecimal()}


def _decir(request, nuevos, ya_estaban, fuera):
    partes = [f"Se registró a {cuantos(nuevos, 'persona', 'personas')}."]
    if ya_estaban:
        partes.append(f"{cuantos(ya_estaban, 'ya estaba', 'ya estaban')} de este mismo envío.")
    if fuera:
        repetidas = cuantos(
            fuera, "fila repetida no se registró", "filas repetidas no se registraron"
        )
        partes.append(f"{repetidas}.")
    messages.success(request, " ".join(partes))


def _en_blanco(encuentro):
    return PlanillaForm(encuentro=encuentro, initial={"lote": uuid4()})


def _pagina(request, encuentro, form, rechazo=None, estado=200, errores=()):
    contexto = _contexto(encuentro, "Pegar o importar") | {
        "form": form,
        "rechazo": rechazo,
        "errores": errores,
        "tope": TOPE_DE_FILAS,
    }
    return render(request, "talleres/registro_planilla.html", contexto, status=estado)


def _contexto(encuentro, paso):
    direccion = reverse("talleres:registro", args=[encuentro.pk])
    return {
        "lugar": "talleres",
        "migas": migas_de(encuentro, ("Registro", direccion), (paso, None)),
        "encuentro": encuentro,
    }


def _traer(request, pk):
    editables = Encuentro.objects.editables_por(request.user)
    return get_object_or_404(editables.select_related("estrategia"), pk=pk)
