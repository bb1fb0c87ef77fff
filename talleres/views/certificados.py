"""La nómina en PDF y los certificados de participación: emitirlos, bajarlos y revocarlos."""

from django.contrib import messages
from django.db.models import Prefetch
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from territorios.jurisdiccion import Permiso, exige
from territorios.texto import cuantos
from territorios.views.documentos import entregar_documento

from ..acciones import NoProcede
from ..certificados import emitir_certificados, revocar_certificado
from ..documentos_asistencia import (
    certificados_de_participacion,
    registro_de_participantes,
)
from ..forms_puerta import RevocarForm
from ..models import Certificado, Encuentro, Participante
from .encuentro import migas_de


@exige(Permiso.VER_PARTICIPANTES)
def participantes_pdf(request, pk):
    encuentro = _visible(request, pk)
    suyos = Participante.objects.visibles_para(request.user).filter(encuentro=encuentro)
    return entregar_documento(request, registro_de_participantes(encuentro, suyos))


# --- Certificados -------------------------------------------------------------------------------


@exige(Permiso.VER_PARTICIPANTES)
@never_cache
def certificados(request, pk):
    return _pagina(request, _visible(request, pk))


@exige(Permiso.REGISTRAR_PARTICIPANTES)
@require_POST
def emitir(request, pk):
    """El de una persona (`participante`) o, sin decir cuál, todos los que faltan."""
    encuentro = get_object_or_404(Encuentro.objects.editables_por(request.user), pk=pk)
    participante = _persona(request, encuentro)
    try:
        nuevos = emitir_certificados(encuentro, por=request.user, participante=participante)
    except NoProcede as error:
        return _pagina(request, _visible(request, pk), aviso=str(error), estado=409)
    emitidos = cuantos(len(nuevos), "certificado", "certificados")
    messages.success(request, f"Se emitieron {emitidos} de «{encuentro}»." if nuevos else NINGUNO)
    return redirect("talleres:certificados", pk)


NINGUNO = "No faltaba ninguno: todas las personas con nombre ya tienen su certificado."


def _persona(request, encuentro):
    """La clave de la persona que se pide, o None. Una ajena es 404."""
    tecleada = request.POST.get("participante", "")
    if not tecleada:
        return None
    suyas = Participante.objects.editables_por(request.user).filter(encuentro=encuentro)
    clave = int(tecleada) if tecleada.isascii() and tecleada.isdigit() else 0
    return get_object_or_404(suyas, pk=clave).pk


@exige(Permiso.VER_PARTICIPANTES)
def certificados_pdf(request, pk):
    """Todos los que valen, uno por página y en el orden de la nómina."""
    encuentro = _visible(request, pk)
    suyos = Certificado.objects.visibles_para(request.user).validos().filter(encuentro=encuentro)
    listos = list(_para_imprimir(suyos))
    if not listos:
        messages.warning(request, "Todavía no hay certificados que descargar: emítalos primero.")
        return redirect("talleres:certificados", pk)
    return _entregar(request, listos)


@exige(Permiso.VER_PARTICIPANTES)
def uno_pdf(request, pk):
    suyos = Certificado.objects.visibles_para(request.user).validos()
    certificado = get_object_or_404(_para_imprimir(suyos), pk=pk)
    return _entregar(request, [certificado])


@exige(Permiso.REGISTRAR_PARTICIPANTES)
@require_http_methods(["GET", "POST"])
def revocar(request, pk):
    editables = Certificado.objects.editables_por(request.user)
    certificado = get_object_or_404(
        editables.select_related("encuentro__estrategia", "participante"), pk=pk
    )
    form = RevocarForm(request.POST or None)
    estado = 200
    if form.is_valid():
        try:
            revocar_certificado(certificado, por=request.user, **form.cleaned_data)
        except NoProcede as error:
            form.add_error(None, str(error))
            estado = 409
        else:
            messages.success(request, f"Se revocó el certificado {certificado}: ya no vale.")
            return redirect("talleres:certificados", certificado.encuentro_id)
    volver = reverse("talleres:certificados", args=[certificado.encuentro_id])
    contexto = {
        "lugar": "talleres",
        "migas": migas_de(certificado.encuentro, ("Certificados", volver), ("Revocar", None)),
        "certificado": certificado,
        "form": form,
        "volver": volver,
    }
    if form.errors and estado == 200:
        estado = 400
    return render(request, "talleres/revocar_certificado.html", contexto, status=estado)


def _visible(request, pk):
    visibles = Encuentro.objects.visibles_para(request.user)
    return get_object_or_404(
        visibles.select_related("estrategia", "canton__padre", "jornada_de"), pk=pk
    )


def _para_imprimir(certificados):
    return certificados.select_related(
        "encuentro", "participante__gad__territorio__padre__padre"
    ).order_by("participante__creado", "participante")


def _entregar(request, listos):
    def direccion_de(certificado):
        ruta = reverse("publico:certificado", args=[certificado.codigo_legible])
        return request.build_absolute_uri(ruta)

    return entregar_documento(request, certificados_de_participacion(listos, direccion_de))


def _pagina(request, encuentro, aviso="", estado=200):
    """La nómina con el certificado de cada quien; los revocados, aparte."""
    sin_revocar = Certificado.objects.filter(revocado=None)
    personas = Participante.objects.visibles_para(request.user).filter(encuentro=encuentro)
    filas = list(
        personas.con_nombre()
        .para_nomina()
        .prefetch_related(Prefetch("certificados", sin_revocar, to_attr="vigentes"))
    )
    con_certificado = sum(bool(fila.vigentes) for fila in filas)
    contexto = {
        "lugar": "talleres",
        "migas": migas_de(encuentro, ("Certificados", None)),
        "encuentro": encuentro,
        "filas": filas,
        "emitidos": con_certificado,
        "faltan": len(filas) - con_certificado,
        "sin_nombre": personas.filter(nombre="").count(),
        "se_realizo": encuentro.estado == Encuentro.Estado.REALIZADO,
        "revocados": encuentro.certificados.exclude(revocado=None).select_related("participante"),
        "aviso": aviso,
    }
    return render(request, "talleres/certificados.html", contexto, status=estado)
