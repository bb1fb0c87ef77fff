"""El resumen de avisos por correo: lo que cada quien no ha leído, una vez al día o a la semana.

Lleva los textos de los avisos, que no dicen nada reservado ni de ninguna persona, y dónde se ve
cada cosa. Lo que ya se leyó o ya salió en un correo propio no se repite.
"""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from .cartero import encolar
from .models import Aviso, Mensaje, PreferenciasDeAvisos, Usuario
from .models.aviso import ambito_de
from .texto import cuantos
from .versiones import bloquear

Correo = PreferenciasDeAvisos.Correo
AVISOS_POR_CORREO = 50
DIA = r"l j \d\e F \d\e Y"


def encolar_resumenes(fecha=None):
    """Pone en la cola los que tocan a `fecha` (hoy si se calla) y devuelve cuántos son nuevos.

    No depende de que la orden corra cada día: el de la semana sale el lunes o el primer día en que
    corra, y lleva lo de antes del lunes.
    """
    fecha = fecha or timezone.localdate()
    return sum(_encolar(persona, fecha) for persona in _con_algo_por_resumir())


def _con_algo_por_resumir():
    pendientes = Aviso.objects.conservados().sin_leer().filter(por_correo=None)
    personas = Usuario.objects.filter(pk__in=pendientes.values("destinatario"), is_active=True)
    return personas.exclude(email="").order_by("pk")


@transaction.atomic
def _encolar(persona, fecha):
    """True si era nuevo. Dos órdenes a la vez se ponen en fila por la fila de la persona."""
    persona = bloquear(Usuario, persona.pk)
    gusto = PreferenciasDeAvisos.objects.filter(usuario=persona).first() or PreferenciasDeAvisos()
    if gusto.correo == Correo.NUNCA or not persona.email or not persona.is_active:
        return False
    periodo, hasta = _periodo(gusto, fecha)
    clave = f"resumen-{persona.pk}-{periodo}"
    avisos = Aviso.objects.filter(destinatario=persona).por_resumir(ambito_de(persona))
    if hasta:
        avisos = avisos.filter(creado__lt=hasta)
    avisos = list(avisos.order_by("pk"))
    # Si el de este periodo ya se encoló, lo que llegó después espera al siguiente.
    if not avisos or Mensaje.objects.filter(clave=clave).exists():
        return False
    encolar(clave=clave, para=persona.email, **correo_de_resumen(avisos, fecha, gusto))
    resumidos = Aviso.objects.filter(pk__in=[aviso.pk for aviso in avisos])
    resumidos.update(por_correo=timezone.now())
    return True


def _periodo(gusto, fecha):
    """(qué período es, hasta cuándo se cuenta): el día, sin tope; o la semana, hasta su lunes."""
    if gusto.correo != Correo.SEMANAL:
        return f"{fecha}", None
    lunes = fecha - timedelta(days=fecha.weekday())
    # Sin este corte, lo que llega el lunes después de la orden saldría el martes.
    corte = datetime.combine(lunes, time.min, timezone.get_default_timezone())
    return f"semana-{lunes}", corte


def correo_de_resumen(avisos, fecha, gusto):
    """{asunto, texto} del resumen; pasados los primeros, dice cuántos más hay y dónde."""
    que = "de la semana" if gusto.correo == Correo.SEMANAL else "del día"
    hay = cuantos(len(avisos), "aviso sin leer", "avisos sin leer")
    renglones = [_renglon(aviso) for aviso in avisos[:AVISOS_POR_CORREO]]
    if (sobran := len(avisos) - AVISOS_POR_CORREO) > 0:
        renglones.append(f"Y {sobran} más en {_enlace(reverse('avisos:lista'))}")
    cuerpo = "\n\n".join(renglones)
    texto = (
        f"Buen día:\n\nEsto pasó en la plataforma y usted no lo ha leído todavía.\n\n{cuerpo}\n\n"
        "Los enlaces piden su usuario y su clave. Para cambiar cada cuánto se le escribe, o dejar "
        f"de recibirlo:\n{_enlace(reverse('avisos:preferencias'))}\n"
    )
    return {"asunto": f"Resumen {que}, {date_format(fecha, DIA)}: {hay}", "texto": texto}


def _renglon(aviso):
    return f"- {aviso.texto}\n  {_enlace(reverse('avisos:abrir', args=[aviso.pk]))}"


def _enlace(camino):
    return f"{settings.SITIO}{camino}"
