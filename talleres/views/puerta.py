"""El registro por QR: la zona abre la puerta y muestra el cartel; cada quien se registra solo."""

from django.contrib import messages
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from territorios.jurisdiccion import Permiso, exige
from territorios.models import NombreInstitucion
from territorios.views.documentos import entregar_documento

from ..acciones import NoProcede
from ..documentos_asistencia import (
    cartel_de_la_puerta,
    hoja_de_asistencia,
    qr_de,
    sin_esquema,
)
from ..models import Encuentro, Participante, Puerta, TextoConsentimiento
from ..models.puerta import medidas_de, plazo
from ..puerta import YaCambio, abrir_puerta, cerrar_puerta
from .encuentro import migas_de


@exige(Permiso.REGISTRAR_PARTICIPANTES)
@never_cache
def puerta(request, pk):
    return _pagina(request, _editable(request, pk))


@exige(Permiso.REGISTRAR_PARTICIPANTES)
@require_POST
def abrir(request, pk):
    """Abre el registro o, si ya estaba abierto, le cambia la clave."""
    encuentro = _editable(request, pk)
    vista = _vista(request)
    try:
        abrir_puerta(encuentro, por=request.user, vista=vista)
    except (YaCambio, NoProcede) as error:
        return _pagina(request, encuentro, aviso=_por_que(error), estado=409)
    hecho = "Se cambió la clave: el cartel anterior ya no sirve." if vista else "Se abrió."
    messages.success(request, f"Registro por QR de «{encuentro}». {hecho}")
    return redirect("talleres:puerta", pk)


@exige(Permiso.REGISTRAR_PARTICIPANTES)
@require_POST
def cerrar(request, pk):
    encuentro = _editable(request, pk)
    try:
        cerrar_puerta(encuentro, por=request.user, vista=_vista(request))
    except YaCambio as error:
        return _pagina(request, encuentro, aviso=_por_que(error), estado=409)
    messages.success(request, f"Se cerró el registro por QR de «{encuentro}».")
    return redirect("talleres:puerta", pk)


@exige(Permiso.REGISTRAR_PARTICIPANTES)
@never_cache
def cartel(request, pk):
    """A toda página, para proyectarlo o mostrarlo en una tableta."""
    encuentro = _editable(request, pk)
    abierta = _abierta(encuentro)
    if abierta is None:
        return redirect("talleres:puerta", pk)
    direccion = direccion_publica(request, abierta)
    contexto = {
        "institucion": NombreInstitucion.objects.en(),
        "encuentro": encuentro,
        "qr": qr_de(direccion),
        "direccion": sin_esquema(direccion),
    }
    return render(request, "talleres/cartel.html", contexto)


@exige(Permiso.REGISTRAR_PARTICIPANTES)
def cartel_pdf(request, pk):
    encuentro = _editable(request, pk)
    abierta = _abierta(encuentro)
    if abierta is None:
        return redirect("talleres:puerta", pk)
    direccion = direccion_publica(request, abierta)
    return entregar_documento(request, cartel_de_la_puerta(encuentro, direccion))


@exige(Permiso.REGISTRAR_PARTICIPANTES)
def hoja_pdf(request, pk):
    """La hoja en blanco para firmar."""
    encuentro = _editable(request, pk)
    return entregar_documento(request, hoja_de_asistencia(encuentro))


def direccion_publica(request, puerta):
    return request.build_absolute_uri(reverse("publico:registro", args=[puerta.clave]))


def _editable(request, pk):
    editables = Encuentro.objects.editables_por(request.user)
    return get_object_or_404(editables.select_related("estrategia", "canton__padre"), pk=pk)


def _abierta(encuentro):
    """La puerta abierta, con el encuentro ya traído; o None."""
    abierta = Puerta.objects.abiertas().filter(encuentro=encuentro).first()
    if abierta:
        abierta.encuentro = encuentro
    return abierta


def _vista(request):
    """La puerta que mostraba la página desde la que se pide el cambio; None si ninguna."""
    tecleada = request.POST.get("vista", "")
    return int(tecleada) if tecleada.isascii() and tecleada.isdigit() else None


def _por_que(error):
    return str(error) or "Otra persona abrió o cerró el registro: así está ahora."


def _pagina(request, encuentro, aviso="", estado=200):
    abierta, medidas = _abierta(encuentro), medidas_de(encuentro)
    desde, hasta = plazo(encuentro, medidas)
    contexto = {
        "lugar": "talleres",
        "migas": migas_de(encuentro, ("Registro por QR", None)),
        "encuentro": encuentro,
        "puerta": abierta,
        "desde": desde,
        "hasta": hasta,
        "tope": medidas.registro_tope,
        "por_qr": encuentro.participantes.filter(via=Participante.Via.QR).count(),
        "hay_texto": TextoConsentimiento.objects.en() is not None,
        "aviso": aviso,
    }
    if abierta:
        direccion = direccion_publica(request, abierta)
        contexto |= {
            "estado": abierta.estado_en(timezone.now(), medidas),
            "direccion": direccion,
            "corta": sin_esquema(direccion),
            "qr": qr_de(direccion),
        }
    return render(request, "talleres/puerta.html", contexto, status=estado)
