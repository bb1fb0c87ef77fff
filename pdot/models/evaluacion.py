"""Evaluación cualitativa del PDOT vigente y su flujo (S:343-368)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import JSONObject
from simple_history.models import HistoricalRecords

from acompanamiento.models import Grupo, Membresia
from territorios.jurisdiccion import Permiso
from territorios.versiones import ModeloVersionado

from .instrumento import Instrumento, Pregunta, Seccion
from .plan import Pdot


class EvaluacionQuerySet(models.QuerySet):
    def visibles_para(self, usuario):
        """Lo aprobado, quien acompaña al GAD; lo que va en camino, quien lo escribe o lo revisa.

        Planificador/a: las de su GAD. Zona: las de su zona desde que se envían, y antes las que
        ella llena en nombre del GAD. Central: todas desde que se envían. Y además, las aprobadas
        de los GAD de los grupos ya conformados que ve; quien observa una zona o el país, solo
        aprobadas.
        """
        if not usuario.is_authenticated or not usuario.is_active:
            return self.none()
        aprobada = Q(estado=Evaluacion.Estado.APROBADA)
        if usuario.gad_id:
            propias = Q(pdot__gad=usuario.gad_id)
            return self.filter(propias | aprobada & self._de_sus_grupos(usuario))
        en_su_mano = ~Q(estado=Evaluacion.Estado.BORRADOR)
        if not usuario.puede(Permiso.REVISAR_EVALUACION):
            en_su_mano = aprobada
        if usuario.ve_el_pais:
            return self.filter(en_su_mano)
        if usuario.puede(Permiso.TRANSCRIBIR_EVALUACION):
            en_su_mano |= self._en_nombre_del_gad()
        de_su_zona = Q(pdot__gad__territorio__zona=usuario.zona_id)
        return self.filter(en_su_mano & de_su_zona | aprobada & self._de_sus_grupos(usuario))

    def de_zona(self, zona):
        """Las de los GAD de su territorio."""
        return self.filter(pdot__gad__territorio__zona=zona)

    def de_otra_zona(self, zona):
        """Las de los demás GAD: las que una zona lee por compartir un grupo."""
        return self.exclude(pdot__gad__territorio__zona=zona)

    def legibles_para(self, usuario):
        """De las que ve, las que puede leer como están: lo que otro tiene a medias, no.

        Es lo que se exporta y se cuenta. Una página de una sola evaluación puede además leer lo
        último que se envió (lectura.llenado_para).
        """
        a_medias = Q(estado__in=Evaluacion.EN_MANOS_DEL_GAD)
        suyas = Evaluacion.objects.llenables_por(usuario).values("pk")
        return self.visibles_para(usuario).filter(~a_medias | Q(pk__in=suyas))

    def del_gad_de(self, usuario):
        """Las de su propio GAD, en cualquier estado."""
        if not usuario.is_authenticated or not usuario.puede(Permiso.LLENAR_EVALUACION):
            return self.none()
        return self.filter(pdot__gad=usuario.gad_id)

    def llenables_por(self, usuario):
        """Las que escribe, en cualquier estado: las de su GAD, o las que llena en su nombre.

        En nombre de un GAD de su zona escribe una persona a la vez, y solo mientras el GAD no la
        tome de vuelta.
        """
        if not usuario.is_authenticated or not usuario.puede(Permiso.ESCRIBIR_EVALUACION):
            return self.none()
        if usuario.puede(Permiso.TRANSCRIBIR_EVALUACION):
            suyas = self.filter(self._en_nombre_del_gad(), en_nombre__por=usuario)
            return suyas.filter(pdot__gad__territorio__zona=usuario.zona_id)
        return self.del_gad_de(usuario)

    def editables_por(self, usuario):
        """Las de su GAD que están en sus manos: borrador o devuelta."""
        return self.del_gad_de(usuario).filter(estado__in=Evaluacion.EN_MANOS_DEL_GAD)

    def de_su_revision(self, usuario):
        """Las que le toca revisar en algún momento, salidas ya del GAD: las de su zona."""
        if not usuario.is_authenticated or not usuario.puede(Permiso.REVISAR_EVALUACION):
            return self.none()
        salidas = self.exclude(estado=Evaluacion.Estado.BORRADOR)
        if usuario.ve_el_pais:
            return salidas
        return salidas.filter(pdot__gad__territorio__zona=usuario.zona_id)

    def revisables_por(self, usuario):
        """Las que esperan hoy su revisión."""
        return self.de_su_revision(usuario).filter(estado=Evaluacion.Estado.ENVIADA)

    def con_devolucion(self):
        """Con el comentario general de la última devolución, en la misma consulta."""
        devoluciones = Paso.objects.filter(
            evaluacion=models.OuterRef("pk"), a=Evaluacion.Estado.DEVUELTA
        ).order_by("-pk")
        return self.annotate(devolucion=models.Subquery(devoluciones.values("comentario")[:1]))

    def con_anterior(self, usuario):
        """Con lo que identifica a la versión anterior del mismo plan que puede leer, o None."""
        previas = Evaluacion.objects.visibles_para(usuario).filter(
            pdot=models.OuterRef("pdot"), numero__lt=models.OuterRef("numero")
        )
        cual = JSONObject(pk="pk", numero="numero", instrumento_id="instrumento")
        una = previas.order_by("-numero").values(cual=cual)[:1]
        return self.annotate(anterior=models.Subquery(una))

    def con_instrumento_vigente(self):
        """Con la clave del instrumento que hoy se ofrece, para saber si es otro que el suyo."""
        vigente = Instrumento.objects.filter(publicado=True).order_by("-numero").values("pk")[:1]
        return self.annotate(instrumento_vigente=models.Subquery(vigente))

    def para_lista(self):
        return self.select_related(
            "pdot__gad__territorio__padre__padre",
            "pdot__gad__territorio__zona",
            "instrumento",
            "en_nombre__por",
        )

    def con_superiores(self):
        """Como `para_lista`, con los GAD de los niveles superiores de su territorio a la mano."""
        territorio = "pdot__gad__territorio"
        return self.para_lista().select_related(
            f"{territorio}__padre__gad", f"{territorio}__padre__padre__gad"
        )

    @staticmethod
    def _en_nombre_del_gad():
        return Q(en_nombre__isnull=False, en_nombre__retomada=None)

    @staticmethod
    def _de_sus_grupos(usuario):
        # Un grupo solo propuesto no abre nada: cualquiera podría proponerlo con GAD ajenos.
        grupos = Grupo.objects.visibles_para(usuario)
        miembros = Membresia.objects.acompanados().filter(grupo__in=grupos)
        return Q(pdot__gad__in=miembros.values("gad"))


class Evaluacion(ModeloVersionado):
    """Una versión de la evaluación de un PDOT. Flujo: borrador → enviada → (devuelta → enviada)*
    → aprobada. La aprobada no se edita: se abre otra con el número siguiente.
    """

    class Estado(models.TextChoices):
        BORRADOR = "borrador", "Borrador"
        ENVIADA = "enviada", "Enviada a revisión"
        DEVUELTA = "devuelta", "Devuelta con observaciones"
        APROBADA = "aprobada", "Aprobada"

    EN_MANOS_DEL_GAD = (Estado.BORRADOR, Estado.DEVUELTA)

    pdot = models.ForeignKey(Pdot, models.PROTECT, related_name="evaluaciones")
    instrumento = models.ForeignKey(Instrumento, models.PROTECT, related_name="evaluaciones")
    numero = models.PositiveSmallIntegerField("versión", default=1)
    estado = models.CharField(max_length=10, choices=Estado.choices, default=Estado.BORRADOR)
    transcrita = models.BooleanField(
        default=False,
        help_text="Pasada de un documento en papel, sin revisión en la plataforma.",
    )
    fuente = models.CharField(max_length=200, blank=True)
    creada = models.DateTimeField(auto_now_add=True)
    actualizada = models.DateTimeField("última actualización", auto_now=True)
    historia = HistoricalRecords()

    objects = EvaluacionQuerySet.as_manager()

    class Meta:
        verbose_name = "evaluación"
        verbose_name_plural = "evaluaciones"
        ordering = ["pdot", "-numero"]
        constraints = [
            models.UniqueConstraint(fields=["pdot", "numero"], name="evaluacion_numero_unico"),
            models.UniqueConstraint(
                fields=["pdot"],
                condition=~Q(estado="aprobada"),
                name="evaluacion_una_abierta_por_plan",
                violation_error_message="El PDOT ya tiene una evaluación abierta.",
            ),
        ]
        # La lista va de la última cambiada hacia atrás: sin él, se ordenan las de todo el país.
        indexes = [models.Index(fields=["-actualizada", "-id"], name="evaluacion_reciente")]

    def __str__(self):
        return f"Evaluación de {self.pdot.gad.nombre}, versión {self.numero}"

    @property
    def gad(self):
        return self.pdot.gad

    @property
    def esta_en_manos_del_gad(self):
        return self.estado in self.EN_MANOS_DEL_GAD

    def es_de(self, usuario):
        return usuario.gad_id == self.pdot.gad_id and usuario.puede(Permiso.LLENAR_EVALUACION)

    @property
    def llenado_en_nombre(self):
        """El EnNombre con que la zona la llenó, rija o no; None si la llenó el propio GAD."""
        return getattr(self, "en_nombre", None)

    def la_llena(self, usuario):
        """Si le toca escribirla: es de su GAD, o la llena hoy en su nombre."""
        llenado = self.llenado_en_nombre
        en_su_nombre = llenado is not None and llenado.rige and llenado.por_id == usuario.pk
        return self.es_de(usuario) or en_su_nombre

    def espera_a(self, usuario):
        """Si espera hoy su revisión: lo mismo que `revisables_por`, de la que ya se trajo."""
        if self.estado != self.Estado.ENVIADA or not usuario.puede(Permiso.REVISAR_EVALUACION):
            return False
        return usuario.ve_el_pais or self.pdot.gad.territorio.zona_id == usuario.zona_id

    def se_lee_como_esta(self, usuario):
        """Si la lee como está ahora; lo que se corrige, quien no la llena lo lee al reenviarse."""
        return self.estado != self.Estado.DEVUELTA or self.la_llena(usuario)

    def la_lleno_en_nombre(self, usuario):
        """Si alguna vez la llenó en nombre del GAD; entonces la aprueba otra persona."""
        llenado = self.llenado_en_nombre
        return llenado is not None and llenado.la_lleno(usuario)

    def muestra_su_revision_a(self, usuario):
        """Si ve observaciones, comentarios y quién hizo qué: el GAD y quien lo revisa.

        Los demás leen lo aprobado, no cómo se llegó ni los nombres de quienes intervinieron.
        """
        if self.es_de(usuario):
            return True
        zona = self.pdot.gad.territorio.zona_id
        revisa = usuario.puede(Permiso.REVISAR_EVALUACION)
        return revisa and (usuario.ve_el_pais or usuario.zona_id == zona)


class Respuesta(ModeloVersionado):
    """Respuesta a una pregunta. La versión es por pregunta: dos pestañas en preguntas distintas
    no chocan; en la misma, la segunda recibe el aviso y no pierde lo tecleado.
    """

    class Valor(models.TextChoices):
        SI = "si", "SÍ"
        PARCIAL = "parcial", "PARCIAL"
        NO = "no", "NO"

    evaluacion = models.ForeignKey(Evaluacion, models.CASCADE, related_name="respuestas")
    pregunta = models.ForeignKey(Pregunta, models.PROTECT, related_name="respuestas")
    valor = models.CharField(max_length=7, choices=Valor.choices, blank=True)
    texto = models.TextField("justificación o respuesta", blank=True)
    dudosa = models.BooleanField(
        "lectura dudosa", default=False, help_text="El papelote original se lee con dificultad."
    )
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "respuesta"
        ordering = ["evaluacion", "pregunta"]
        constraints = [
            models.UniqueConstraint(fields=["evaluacion", "pregunta"], name="respuesta_unica"),
        ]

    def __str__(self):
        return f"{self.pregunta_id}: {self.get_valor_display() or self.texto[:40]}"

    @property
    def esta_vacia(self):
        return not self.valor and not self.texto.strip()


class PasoQuerySet(models.QuerySet):
    def con_observaciones(self):
        """[Paso] en orden, cada uno con lo que se observó en `observadas`. Una consulta."""
        filas = self.annotate(una=models.FilteredRelation("observaciones"))
        filas = filas.select_related("por", "una")
        pasos = {}
        for fila in filas.order_by("cuando", "pk", "una__pk"):
            paso = pasos.setdefault(fila.pk, fila)
            paso.observadas = getattr(paso, "observadas", [])
            if observacion := getattr(fila, "una", None):
                observacion.paso = paso
                paso.observadas.append(observacion)
        return list(pasos.values())


class Paso(models.Model):
    """Paso del flujo: de qué estado a cuál, quién y cuándo. No se edita ni se borra."""

    evaluacion = models.ForeignKey(Evaluacion, models.CASCADE, related_name="pasos")
    de = models.CharField(max_length=10, choices=Evaluacion.Estado.choices, blank=True)
    a = models.CharField(max_length=10, choices=Evaluacion.Estado.choices)
    por = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    cuando = models.DateTimeField(auto_now_add=True)
    comentario = models.TextField(blank=True)

    objects = PasoQuerySet.as_manager()

    class Meta:
        verbose_name = "paso de la evaluación"
        verbose_name_plural = "pasos de la evaluación"
        ordering = ["cuando", "pk"]

    def __str__(self):
        return f"{self.get_a_display()} ({self.cuando:%d/%m/%Y})"


class Observacion(models.Model):
    """Comentario de la zona a una pregunta o a una hoja, al devolver.

    Queda atendida cuando el GAD vuelve a enviar. `seccion` es siempre una hoja con forma propia:
    una sección de preguntas se observa pregunta por pregunta.
    """

    evaluacion = models.ForeignKey(Evaluacion, models.CASCADE, related_name="observaciones")
    pregunta = models.ForeignKey(
        Pregunta, models.PROTECT, null=True, blank=True, related_name="observaciones"
    )
    seccion = models.ForeignKey(
        Seccion,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="observaciones",
        verbose_name="hoja",
    )
    texto = models.TextField()
    paso = models.ForeignKey(Paso, models.CASCADE, related_name="observaciones")
    atendida = models.BooleanField(default=False)
    historia = HistoricalRecords()

    class Meta:
        verbose_name = "observación"
        verbose_name_plural = "observaciones"
        ordering = ["paso", "pregunta", "seccion"]
        constraints = [
            models.UniqueConstraint(fields=["paso", "pregunta"], name="observacion_unica"),
            models.UniqueConstraint(fields=["paso", "seccion"], name="observacion_unica_por_hoja"),
            models.CheckConstraint(
                name="observacion_a_pregunta_o_a_hoja",
                condition=Q(pregunta__isnull=False, seccion__isnull=True)
                | Q(pregunta__isnull=True, seccion__isnull=False),
                violation_error_message="Se observa una pregunta o una hoja, no las dos.",
            ),
        ]

    def __str__(self):
        return self.texto[:80]
